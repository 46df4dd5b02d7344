/** A preview over the store that the settings name. */
import type { Preview, PreviewRequest } from '../admin/preview.js';
import { assemblePreview } from '../app/preview.js';
import { createSecretBox } from '../crypto/secret-box.js';
import type { Session } from './context.js';

/** Opens what it needs, and closes what only it needs. */
export async function makePreview(session: Session, request: PreviewRequest): Promise<Preview> {
  const { storage, loaded, secretKey } = await session.open();
  const { output, clock } = session;
  const { preview, close } = assemblePreview({
    settings: loaded.settings,
    storage,
    box: createSecretBox(secretKey),
    clock,
    onError: (_error, what) => {
      output.hint(`note: ${what} failed`);
    },
  });
  try {
    return await preview(request);
  } finally {
    await close();
  }
}
