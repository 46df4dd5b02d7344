/** Every application of the registry, one after the other, however many there are. */
import type { RelyingPartyRecord } from '../core/model/relying-party.js';
import type { RelyingParties } from '../core/ports.js';

const PAGE = 200;

/** By entity id, read page by page as they are asked for. */
export async function* everyApplication(relyingParties: Pick<RelyingParties, 'list'>): AsyncGenerator<RelyingPartyRecord> {
  for (let after: string | undefined; ;) {
    const page = await relyingParties.list({}, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    yield* page;
    after = page.at(-1)?.metadata.entityId;
    if (page.length < PAGE || after === undefined) return;
  }
}
