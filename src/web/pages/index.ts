/** The table of pages, and of who finds the words for a view. */
import type { Base } from '../base.js';
import { createPasswordCheck } from '../passport.js';
import type { WebParts } from '../parts.js';
import type { Presenter } from '../reply.js';
import { createSignInBrowser } from '../sign-in-browser.js';
import type { Texts } from '../texts.js';
import type { Page } from '../visit.js';
import { createErrorPresenter } from './error-presenter.js';
import { createHomePage } from './home.js';
import { createLoginPresenter } from './login-presenter.js';
import { createLoginPage } from './login.js';
import { createLogoutPage } from './logout.js';
import { readText } from './read-model.js';
import { createSignOutPresenters } from './sign-out-presenters.js';
import { createReferencePage, createSupportPage } from './support.js';
import { createWelcomePage } from './welcome.js';

/** Every page of ours. */
export function createPages(parts: WebParts, texts: Texts): readonly Page[] {
  const checkPassword = createPasswordCheck(parts.passwordSignIn);
  const signInBrowser = createSignInBrowser(parts);
  const shared = { ...parts, checkPassword, signInBrowser, texts };
  return [
    createHomePage(shared),
    createLoginPage(shared),
    createLogoutPage(shared),
    createWelcomePage(shared),
    createReferencePage(texts),
    createSupportPage(texts),
  ];
}

/** By view: the sign-in and error pages come as plain values from anywhere; the others bring their words along. */
export function createPresenters(about: Pick<WebParts, 'organization' | 'helpDesk'>, texts: Texts, base: Base): Readonly<Record<string, Presenter>> {
  const asItIs: Presenter = (model) => ({ policy: 'page', model: { ...model, title: readText(model, 'title') ?? '' } });
  return {
    'login/login': createLoginPresenter(texts),
    'errors/error': createErrorPresenter({ texts, ...about }),
    'errors/reference': asItIs,
    'errors/support': asItIs,
    'home/home': asItIs,
    'logout/ask': asItIs,
    ...createSignOutPresenters(texts, base),
    'welcome/welcome': asItIs,
  };
}
