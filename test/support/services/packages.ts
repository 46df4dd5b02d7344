/** The Debian packages that tests with real counterparts need: found, or installed where we may. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

export interface DebianPackage {
  readonly name: string;
  /** A file that is there when the package is. */
  readonly file: string;
}

/** One line for each; add yours. */
export const PACKAGES: readonly DebianPackage[] = [
  { name: 'postgresql-15', file: '/usr/lib/postgresql/15/bin/postgres' },
  { name: 'redis-server', file: '/usr/bin/redis-server' },
  { name: 'apache2', file: '/usr/sbin/apache2' },
  { name: 'libapache2-mod-auth-mellon', file: '/usr/lib/apache2/modules/mod_auth_mellon.so' },
  { name: 'python3-pysaml2', file: '/usr/lib/python3/dist-packages/saml2/__init__.py' },
  { name: 'libapache2-mod-shib', file: '/usr/lib/apache2/modules/mod_shib.so' },
  { name: 'shibboleth-sp-utils', file: '/usr/sbin/shibd' },
  { name: 'libsaml-dev', file: '/usr/include/saml/binding/MessageDecoder.h' },
  { name: 'g++', file: '/usr/bin/g++' },
  { name: 'chromium', file: '/usr/bin/chromium' },
  { name: 'xmlsec1', file: '/usr/bin/xmlsec1' },
  { name: 'libxml2-utils', file: '/usr/bin/xmllint' },
];

const POLICY = '/usr/sbin/policy-rc.d';

/** Makes sure that all of them are there. Throws with one line that says what is missing and why it could not be installed. */
export function ensurePackages(packages: readonly DebianPackage[] = PACKAGES): void {
  const missing = packages.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0) throw new Error(`missing packages: ${missing.join(' ')}; install them, or run this as root`);
  if (!existsSync('/usr/bin/apt-get')) throw new Error(`missing packages: ${missing.join(' ')}; there is no apt-get here to install them with`);
  withoutDaemons(() => {
    if (install(missing)) return;
    apt(['update']);
    if (!install(missing)) throw new Error(`missing packages: ${missing.join(' ')}; apt-get could not install them`);
  });
}

/** What is installed must not start its own instances: we start ours, and touch no other. */
function withoutDaemons(run: () => void): void {
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    run();
  } finally {
    if (ours) rmSync(POLICY, { force: true });
  }
}

function install(names: readonly string[]): boolean {
  return apt(['install', '-y', '--no-install-recommends', ...names]);
}

function apt(parameters: readonly string[]): boolean {
  const { status } = spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...parameters], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}
