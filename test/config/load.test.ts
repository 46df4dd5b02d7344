import { expect } from 'chai';
import { loadSettings, type SettingInputs } from '../../src/config/load.js';
import { SignetError } from '../../src/core/errors.js';

const noFile = (): string => {
  throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
};
const load = (env: SettingInputs['env'], more: Partial<SettingInputs> = {}): ReturnType<typeof loadSettings> =>
  loadSettings({ env, readFile: noFile, ...more });
const mistakes = (env: SettingInputs['env'], more: Partial<SettingInputs> = {}): readonly string[] => {
  try {
    load(env, more);
  } catch (error) {
    if (error instanceof SignetError) return error.message.split('\n');
    throw error;
  }
  return [];
};

describe('settings', () => {
  it('stand without anything said, derived from one another', () => {
    const { settings, warnings } = load({});
    expect(settings).to.include({
      host: '127.0.0.1',
      port: 8080,
      baseUrl: 'http://localhost:8080',
      entityId: 'http://localhost:8080/saml/metadata',
      databaseUrl: undefined,
      workers: 1,
      logLevel: 'info',
    });
    expect(warnings).to.deep.equal([]);
  });

  it('take flag over environment over file over default', () => {
    const readFile = (): string => JSON.stringify({ port: 1000, SIGNET_HOST: '0.0.0.0', fetchAllow: ['10.0.0.0/8', '::1'], logLevel: 'debug' });
    const { settings, rows } = load({ SIGNET_PORT: '2000', SIGNET_LOG_LEVEL: 'warn' }, { readFile, flags: { SIGNET_PORT: '3000' } });
    expect(settings).to.deep.include({ port: 3000, host: '0.0.0.0', logLevel: 'warn', fetchAllow: ['10.0.0.0/8', '::1'], baseUrl: 'http://localhost:3000' });
    const sources = Object.fromEntries(rows.map((row) => [row.name, row.source]));
    expect(sources).to.include({ SIGNET_PORT: 'flag', SIGNET_LOG_LEVEL: 'environment', SIGNET_HOST: 'file', SIGNET_DATA: 'default', SIGNET_REDIS_URL: 'none' });
  });

  it('drop the slash at the end of the base URL and keep its path', () => {
    expect(load({ SIGNET_BASE_URL: 'https://login.example/idp/' }).settings).to.include({
      baseUrl: 'https://login.example/idp',
      entityId: 'https://login.example/idp/saml/metadata',
    });
  });

  it('read secrets from files and show none of them (M13)', () => {
    const readFile = (path: string): string => (path === '/run/secret' ? 'abcdefghijklmnopqrstuvwxyz\n' : noFile());
    const { settings, rows } = load({ SIGNET_SECRET_KEY_FILE: '/run/secret', SIGNET_DATABASE_URL: 'postgres://signet:hunter2@db/signet' }, { readFile });
    expect(settings.secretKey).to.equal('abcdefghijklmnopqrstuvwxyz');
    const shown = JSON.stringify(rows);
    expect(shown).to.not.include('hunter2').and.not.include('abcdefghij');
    expect(rows.find((row) => row.name === 'SIGNET_DATABASE_URL')?.value).to.equal('postgres://signet:********@db/signet');
  });

  it('name every mistake in one line each, without a secret value', () => {
    const lines = mistakes({ SIGNET_PORT: '80a', SIGNET_BASE_URL: 'login.example', SIGNET_SECRET_KEY: 'short', SIGNET_TLS_CERT: 'a.pem', SIGNET_WORKERS: '0' });
    expect(lines).to.have.length(5);
    expect(lines.join('\n'))
      .to.match(/SIGNET_PORT is "80a"; it must be a whole number/u)
      .and.match(/SIGNET_BASE_URL is "login.example"/u)
      .and.match(/SIGNET_SECRET_KEY must have at least 16/u)
      .and.match(/SIGNET_TLS_CERT and SIGNET_TLS_KEY go together/u)
      .and.not.include('short');
  });

  it('refuse ranges that are none', () => {
    for (const value of ['999.1.1.1', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', 'proxy']) {
      expect(mistakes({ SIGNET_TRUST_PROXY: value }), value).to.have.length(1);
      expect(mistakes({ SIGNET_FETCH_ALLOW: value }), value).to.have.length(1);
    }
  });

  it('require a secret key with PostgreSQL', () => {
    expect(mistakes({ SIGNET_DATABASE_URL: 'postgres://db/signet' })[0]).to.match(/SIGNET_SECRET_KEY is required/u);
    expect(mistakes({ SIGNET_DATABASE_URL: 'mysql://db/signet' })[0]).to.match(/sqlite:PATH or postgres/u);
  });

  it('warn of names that are misspelt or not read yet', () => {
    const { warnings } = load({ SIGNET_BASE_ULR: 'https://x.example', SIGNET_SMTP_URL: 'smtp://x', SIGNET_HOST: '' });
    expect(warnings).to.have.length(2);
    expect(warnings.join(' ')).to.match(/SIGNET_BASE_ULR is not a setting of Signet; did you mean SIGNET_BASE_URL\?/u);
  });

  it('refuse a file that is named and missing, or no JSON object', () => {
    expect(mistakes({ SIGNET_CONFIG: '/nowhere.json' })[0]).to.match(/cannot be read \(ENOENT\)/u);
    expect(mistakes({}, { readFile: () => '[1]' })[0]).to.match(/must hold one JSON object/u);
    expect(mistakes({}, { readFile: () => '{"port":{}}' })[0]).to.match(/SIGNET_PORT in .* must be text/u);
  });
});
