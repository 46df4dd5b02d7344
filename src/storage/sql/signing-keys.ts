/** Token-signing keys. The private keys in here are sealed; at most one key is active, by a unique index. */
import { SignetError } from '../../core/errors.js';
import { asId } from '../../core/model/ids.js';
import type { KeyState, SigningKey } from '../../core/model/signing-key.js';
import type { SigningKeys } from '../../core/ports.js';
import { type Audit, expectOne, type WriteConfiguration } from './configuration.js';
import type { Database, Query, Row } from './database.js';
import { createDocumentReader } from '../json-document.js';

type Document = Omit<SigningKey, 'id' | 'version' | 'state' | 'sealedPrivateKey' | 'createdAt'>;

const readDocument = createDocumentReader<Document>('signing key', {
  algorithm: 'string',
  certificate: 'string',
  chain: 'array?',
  activatedAt: 'number?',
  retiredAt: 'number?',
  expiresAt: 'number',
});

const TAKEN = 'there is already an active signing key, or one with this id; look at the keys again';

/** Says that another node made the first key. Never leaves this file. */
class KeysExist extends Error {}

/** The repository of signing keys over a database. */
export function createSigningKeys(database: Database, write: WriteConfiguration): SigningKeys {
  const { kysely } = database;
  const everyKey = database.statement<Row>('select id, version, state, created_at, sealed_private_key, document from signing_keys order by created_at, id', {
    repeatable: true,
  });

  const list = async (): Promise<readonly SigningKey[]> => (await everyKey()).map(readRow);

  const insertion = (key: SigningKey): Query =>
    kysely
      .insertInto('signing_keys')
      .values({ id: key.id, version: key.version, created_at: key.createdAt, ...toColumns(key) })
      .compile();

  return {
    list,
    insert: async (key, change) => {
      await write({
        change,
        steps: [{ query: insertion(key) }],
        audits: () => [{ kind: 'signing-key', objectId: key.id, before: undefined, after: withoutSecret(key) }],
        taken: TAKEN,
      });
    },
    insertFirst: async (key) => {
      const before = await list();
      if (before.length > 0) return before;
      const first: SigningKey = { ...key, state: 'active', activatedAt: key.activatedAt ?? key.createdAt };
      try {
        await write({
          change: { actor: 'system', action: 'make the first signing key' },
          steps: [
            {
              // The writer holds the lock of the version row by now: nobody can add one after this look.
              query: kysely.selectFrom('signing_keys').select('id').limit(1).compile(),
              check: ({ rows }) => {
                if (rows.length > 0) throw new KeysExist();
              },
            },
            { query: insertion(first) },
          ],
          audits: () => [{ kind: 'signing-key', objectId: first.id, before: undefined, after: withoutSecret(first) }],
          taken: TAKEN,
        });
      } catch (error) {
        if (!(error instanceof KeysExist)) throw error;
      }
      return list();
    },
    transition: async (steps, change) => {
      const keys = new Map((await list()).map((key) => [key.id, key]));
      const moves = steps.map(({ id, version, to, at }) => {
        const before = keys.get(id);
        if (before === undefined) throw new SignetError('not_found', `there is no signing key with the id ${id}`);
        return { before, version, after: moved(before, to, at) };
      });
      if (moves.length === 0) return;
      // Whoever stops being active goes first, so that the unique index never sees two.
      const ordered = [...moves].sort((one, other) => Number(one.after.state === 'active') - Number(other.after.state === 'active'));
      await write({
        change,
        steps: ordered.map(({ before, version, after }) => ({
          query: kysely
            .updateTable('signing_keys')
            .set({ version: version + 1, ...toColumns(after) })
            .where('id', '=', before.id)
            .where('version', '=', version)
            .compile(),
          check: expectOne(`the signing key ${before.id}`),
        })),
        audits: () =>
          ordered.map(({ before, after, version }): Audit => ({
            kind: 'signing-key',
            objectId: before.id,
            before: withoutSecret(before),
            after: withoutSecret({ ...after, version: version + 1 }),
          })),
        taken: TAKEN,
      });
    },
    remove: async (id, version, change) => {
      const before = (await list()).find((key) => key.id === id);
      if (before === undefined) throw new SignetError('not_found', `there is no signing key with the id ${id}`);
      await write({
        change,
        steps: [
          {
            query: kysely.deleteFrom('signing_keys').where('id', '=', id).where('version', '=', version).where('state', '<>', 'active').compile(),
            check: expectOne(`the signing key ${id}`),
          },
        ],
        audits: () => [{ kind: 'signing-key', objectId: id, before: withoutSecret(before), after: undefined }],
        taken: TAKEN,
      });
    },
  };
}

function moved(key: SigningKey, to: KeyState, at: number): SigningKey {
  switch (to) {
    case 'next':
      return { ...key, state: to };
    case 'active':
      return { ...key, state: to, activatedAt: at };
    case 'retired':
      return { ...key, state: to, retiredAt: at };
  }
}

function toColumns(key: SigningKey): { readonly state: string; readonly sealed_private_key: string; readonly document: string } {
  const { id: _id, version: _version, state, sealedPrivateKey, createdAt: _createdAt, ...document } = key;
  return { state, sealed_private_key: sealedPrivateKey, document: JSON.stringify(document satisfies Document) };
}

function readRow(row: Row): SigningKey {
  return {
    ...readDocument(String(row['document'])),
    id: asId<'SigningKey'>(String(row['id'])),
    version: Number(row['version']),
    state: readState(row['state']),
    createdAt: Number(row['created_at']),
    sealedPrivateKey: String(row['sealed_private_key']),
  };
}

function readState(value: unknown): KeyState {
  if (value === 'next' || value === 'active' || value === 'retired') return value;
  throw new Error('the stored signing key has an unknown state');
}

function withoutSecret(key: SigningKey): Omit<SigningKey, 'sealedPrivateKey'> {
  const { sealedPrivateKey: _sealed, ...rest } = key;
  return rest;
}
