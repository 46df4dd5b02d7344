/** The words of the sign-in page. */
import type { LoginModel } from '../../authn/login-page.js';
import type { Presenter } from '../reply.js';
import type { Texts } from '../texts.js';
import { isProblem, readLoginModel } from './login-model.js';

/** Presents login/login. */
export function createLoginPresenter(texts: Texts): Presenter {
  return (values, context) => {
    const model = readLoginModel(values);
    const problem = isProblem(model);
    const heading = texts.text('login.heading');
    return {
      policy: 'page',
      model: {
        ...model,
        title: problem ? texts.text('error.title', { title: heading }) : heading,
        heading,
        problem,
        sentences: alertSentences(texts, model),
        csrf: context.csrf(),
        mismatch: model.alert === 'mismatch' || model.alert === 'mismatch-again',
        scripts: model.retryAt === undefined ? ['login.js'] : ['login.js', 'ui.js'],
      },
    };
  };
}

/** The alert of a sign-in, as sentences; the one about a time leaves a gap for it (design 6.1). */
function alertSentences(texts: Texts, { alert, applicationName }: LoginModel): readonly string[] {
  if (alert === undefined) return [];
  const app = applicationName ?? texts.text('error.The-application');
  const sentence = texts.text(`login.alert.${alert === 'mismatch-again' ? 'mismatch' : alert}`, { app });
  return alert === 'mismatch-again' ? [sentence, texts.text('login.alert.again')] : [sentence];
}
