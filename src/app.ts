/**
 * The composition root: settings in, a running node out. It reads like a parts list; every part is made here and handed
 * exactly what it uses.
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { createFirstAdmin } from './admin/first-admin.js';
import { createDevices } from './authn/device.js';
import { createFlowStore } from './authn/flow-store.js';
import { createPasswordSignIn } from './authn/password.js';
import { createSessionIndex } from './authn/session-index.js';
import { createSessions } from './authn/sessions.js';
import { createSignIn } from './authn/sign-in.js';
import { createSubjects } from './authn/subject.js';
import { openDataFolder } from './config/data-folder.js';
import type { Settings } from './config/settings.js';
import { releaseByDefault } from './core/claims/release.js';
import { authorize } from './core/issuance/access-policy.js';
import { CONTEXT_PASSWORD, CONTEXT_PASSWORD_PROTECTED } from './core/issuance/authn-policy.js';
import { createIssuer } from './core/issuance/issue.js';
import { chooseName } from './core/issuance/name-identifier.js';
import { draftToken } from './core/issuance/token-draft.js';
import { createKeyRing, makeSigningKey } from './crypto/key-ring.js';
import { createPasswordHasher } from './crypto/password-hash.js';
import { randomId, randomReference, randomToken } from './crypto/random.js';
import { createSecretBox } from './crypto/secret-box.js';
