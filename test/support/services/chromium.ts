/** Debian's Chromium, driven by playwright-core; every context of a test watches what its pages ask for and what is refused. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What happened in a context. */
export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Requests that were no navigation of a page, by origin. */
  readonly origins: ReadonlySet<string>;
  /** What a policy refused, and what else the console called an error. */
  readonly problems: readonly string[];
}

/** Starts it. As root it has no sandbox to offer. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--disable-gpu', '--disable-dev-shm-usage', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
}

/** A fresh profile with one page. */
export async function watch(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext(options);
  const origins = new Set<string>();
  const problems: string[] = [];
  context.on('request', (request) => {
    if (!request.isNavigationRequest()) origins.add(new URL(request.url()).origin);
  });
  context.on('console', (message) => {
    // A page that answers 4xx is told to the console as well: that is no fault of the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(`${message.page()?.url() ?? ''}: ${message.text()}`);
  });
  context.on('weberror', (error) => problems.push(error.error().message));
  return { context, page: await context.newPage(), origins, problems };
}

/** What axe finds on the page as it stands, one line a finding. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  // By the debugger's way, which no policy of the page stops.
  await page.evaluate(AXE);
  return page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(AXE_TAGS)} }).then((results) =>
    results.violations.map((rule) => rule.id + ': ' + rule.nodes.map((node) => node.target.join(' ') + ' ' + (node.failureSummary || '').replace(/\\s+/g, ' ')).join(' | ')))`);
}
