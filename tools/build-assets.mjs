// After the compiler: the interface's font, which is only needed at build time, goes beside the code with its licence.
// Views and the other assets are read from views/ when a node starts, and get their hashed names then.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const source = join(root, 'node_modules', '@fontsource-variable', 'inter');
const target = join(root, 'dist', 'fonts');

mkdirSync(target, { recursive: true });
for (const file of ['inter-latin-wght-normal.woff2', 'inter-latin-ext-wght-normal.woff2']) copyFileSync(join(source, 'files', file), join(target, file));
copyFileSync(join(source, 'LICENSE'), join(target, 'inter-LICENSE.txt'));
