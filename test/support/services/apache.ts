/** An Apache of our own, with somebody else's sign-on module in front of its pages. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, type Instance, startInstance } from './instance.js';
import { send } from '../browser.js';

const MODULES = '/usr/lib/apache2/modules';

export interface ApachePlan {
  /** Those beyond what every server here has. */
  readonly modules: readonly string[];
  /** Folders under its document root; each has one page. */
  readonly places: readonly string[];
  /** Runs once, before the first start. */
  readonly prepare: (folder: string) => void;
  /** The part of its configuration that is about signing on. */
  readonly configuration: (folder: string, port: number) => readonly string[];
}

/** Starts it. Every page under a place says "You are in." */
export function startApache(plan: ApachePlan): Promise<Instance> {
  const account = webAccount();
  return startInstance({
    name: 'apache',
    ...(account === undefined ? {} : { account }),
    prepare: (folder) => {
      chmodSync(folder, 0o755);
      for (const place of plan.places) {
        mkdirSync(join(folder, 'www', place), { recursive: true });
        writeFileSync(join(folder, 'www', place, 'index.html'), `<!doctype html><title>${place}</title><p>You are in.</p>`);
      }
      plan.prepare(folder);
    },
    command: (folder, port) => {
      writeFileSync(join(folder, 'apache.conf'), [...basics(folder, port, plan.modules), ...plan.configuration(folder, port), ''].join('\n'));
      return ['/usr/sbin/apache2', '-d', folder, '-f', join(folder, 'apache.conf'), '-DFOREGROUND'];
    },
    probe: async (port) => {
      await send(`http://127.0.0.1:${String(port)}/`);
    },
    ending: 'SIGTERM',
  });
}

function basics(folder: string, port: number, modules: readonly string[]): readonly string[] {
  const loaded = ['mpm_event', 'authz_core', 'dir', 'headers', ...modules];
  return [
    // Shibboleth's module has no "_module" in its name.
    ...loaded.map((module) => `LoadModule ${module === 'shib' ? 'mod_shib' : `${module}_module`} ${MODULES}/mod_${module}.so`),
    `Listen 127.0.0.1:${String(port)}`,
    `PidFile ${folder}/pid`,
    `ErrorLog ${folder}/error.log`,
    `DocumentRoot ${folder}/www`,
    'DirectoryIndex index.html',
    'StartServers 1',
    'MinSpareThreads 4',
    'ThreadsPerChild 8',
    'MaxRequestWorkers 16',
  ];
}

/** Who it is run as: it serves as root only to give its rights up. */
export function webAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const numberOf = (option: string): number => Number(spawnSync('id', [option, 'www-data'], { encoding: 'utf8' }).stdout);
  return { uid: numberOf('-u'), gid: numberOf('-g') };
}
