/** Signs people in once, through the pages, and keeps their cookies. */
import { createBrowser } from '../demo/browser.js';
import { PASSWORD, person } from './people.js';

/** The Cookie header of each session. */
export async function signInAll(url: string, count: number): Promise<readonly string[]> {
  const cookies: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const browser = createBrowser();
    const { userName } = person(index);
    const after = await browser.signIn(await browser.get(`${url}/login`), userName, PASSWORD);
    if (after.status !== 200 || after.forms.some((form) => form.hasPassword)) throw new Error(`${userName} could not sign in: ${after.heading}`);
    cookies.push(browser.cookies('localhost'));
  }
  return cookies;
}
