/** Files of configuration as the command line names them: files, folders, standard input. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type ExportedObject, writeConfiguration } from '../admin/transfer/export.js';
import type { ConfigurationFile } from '../admin/transfer/read-configuration.js';
import { SignetError } from '../core/errors.js';
import { readAll, readBytes } from './files.js';
import type { Terminal } from './output.js';

/** Of a folder every .yaml and .yml file in it and below, sorted; what begins with a dot is passed over. Throws invalid_input with the path. */
export async function readConfigurationFiles(paths: readonly string[], stdin: Terminal['stdin']): Promise<readonly ConfigurationFile[]> {
  const files: ConfigurationFile[] = [];
  for (const path of paths) {
    if (path === '-') files.push({ name: 'standard input', bytes: await readAll(stdin), folder: process.cwd() });
    else for (const file of await filesAt(path)) files.push({ name: file, bytes: await readBytes(file), folder: dirname(resolve(file)) });
  }
  return files;
}

async function filesAt(path: string): Promise<readonly string[]> {
  if (!(await isFolder(path))) return [path];
  const found: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) found.push(...(await filesAt(below)));
    // A link to a file is one: so do folders look that are mounted into containers.
    else if (/\.ya?ml$/iu.test(entry.name) && !(await isFolder(below))) found.push(below);
  }
  return found.sort();
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

export interface Written {
  readonly files: readonly string[];
  /** Other files of configuration in the folder: they would be applied as well. */
  readonly others: readonly string[];
}

/** Writes one file, or into a folder (that there is, or that ends with a slash) one for each object. Throws invalid_input with the path. */
export async function writeConfigurationFiles(path: string, objects: readonly ExportedObject[], heading: string): Promise<Written> {
  try {
    if (!/[\\/]$/u.test(path) && !(await isFolder(path))) {
      await writeFile(path, writeConfiguration(objects, heading));
      return { files: [path], others: [] };
    }
    const files: string[] = [];
    for (const object of objects) {
      const file = join(path, object.path);
      await mkdir(dirname(file), { recursive: true });
      await writeChanged(file, writeConfiguration([object], heading));
      files.push(file);
    }
    await mkdir(path, { recursive: true });
    const others = (await filesAt(path)).filter((file) => !files.includes(file)).map((file) => relative(path, file));
    return { files, others };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new SignetError('invalid_input', `${path} cannot be written (${code}).`, { cause: error });
  }
}

/** A file that says the same already keeps its time. */
async function writeChanged(file: string, text: string): Promise<void> {
  const there = await readFile(file, 'utf8').catch(() => undefined);
  if (there !== text) await writeFile(file, text);
}
