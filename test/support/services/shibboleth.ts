/** Shibboleth's service provider in front of some places of an Apache: its daemon, its module, and its extension for WS-Federation. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startApache, webAccount } from './apache.js';
import { type Instance, runCommand, startInstance } from './instance.js';

const DECODER = fileURLToPath(new URL('../../../../test/support/services/shibboleth-wsfed-decoder.cpp', import.meta.url));

/** How WS-Federation's passive profile is called there, in metadata as in configuration. */
export const SHIBBOLETH_WSFED = 'http://schemas.xmlsoap.org/ws/2003/07/secext';

/** One application: everything under /NAME/ asks for a sign-on. */
export interface Place {
  readonly name: string;
  readonly protocol: 'ADFS' | 'SAML2';
  readonly idp: { readonly entityId: string; readonly metadata: string };
}

export interface Shibboleth {
  readonly origin: string;
  url(place: string): string;
  /** What it calls itself: wtrealm and entity ID. */
  entityId(place: string): string;
  /** Where it does its work, as PLACE/HANDLER. */
  handler(place: string, name: string): string;
  /** What the daemon complained about. */
  complaints(): string;
  end(): Promise<void>;
}

/** @param keys PEM, for all of them */
export async function startShibboleth(places: readonly Place[], keys: { readonly certificate: string; readonly privateKey: string }): Promise<Shibboleth> {
  const daemon = await startDaemon(places, keys);
  const apache = await startApache({
    modules: ['authn_core', 'shib'],
    places: places.map(({ name }) => name),
    prepare: () => undefined,
    configuration: (_folder, port) => [
      `ServerName localhost:${String(port)}`,
      'UseCanonicalName On',
      `ShibConfig ${join(daemon.folder, 'shibboleth2.xml')}`,
      ...places.flatMap(({ name }) => location(name)),
    ],
  }).catch(async (error: unknown) => {
    await daemon.end();
    throw error;
  });
  const origin = `http://localhost:${String(apache.port)}`;
  return {
    origin,
    url: (place) => `${origin}/${place}/`,
    entityId,
    handler: (place, name) => `${origin}/${place}/Shibboleth.sso/${name}`,
    complaints: () => readFileSync(join(daemon.folder, 'shibd.log'), 'utf8'),
    end: async () => {
      await apache.end();
      await daemon.end();
    },
  };
}

function entityId(place: string): string {
  return `urn:shibboleth:${place}`;
}

function startDaemon(places: readonly Place[], keys: Parameters<typeof startShibboleth>[1]): Promise<Instance> {
  const account = webAccount();
  return startInstance({
    name: 'shibd',
    ...(account === undefined ? {} : { account }),
    prepare: (folder) => {
      chmodSync(folder, 0o755);
      runCommand(['g++', '-std=c++17', '-shared', '-fPIC', '-o', join(folder, 'decoder.so'), DECODER, '-lsaml', '-lxmltooling']);
      writeFileSync(join(folder, 'app.crt'), keys.certificate);
      writeFileSync(join(folder, 'app.key'), keys.privateKey);
      writeFileSync(join(folder, 'attribute-map.xml'), ATTRIBUTES);
      for (const side of ['shibd', 'module']) writeFileSync(join(folder, `${side}.logger`), logger(join(folder, `${side}.log`)));
      for (const { name, idp } of places) writeFileSync(join(folder, `${name}.idp.xml`), idp.metadata);
    },
    command: (folder, port) => {
      writeFileSync(join(folder, 'shibboleth2.xml'), configuration(folder, port, places));
      return ['/usr/sbin/shibd', '-f', '-F', '-c', join(folder, 'shibboleth2.xml'), '-p', join(folder, 'pid')];
    },
    probe: (port) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve();
        });
        socket.once('error', reject);
      }),
    ending: 'SIGTERM',
  });
}

/** To a file, which is written at once; what goes to the console is kept back until it is a page long. */
function logger(file: string): string {
  return [
    'log4j.rootCategory=WARN, file',
    'log4j.appender.file=org.apache.log4j.FileAppender',
    `log4j.appender.file.fileName=${file}`,
    'log4j.appender.file.layout=org.apache.log4j.PatternLayout',
    'log4j.appender.file.layout.ConversionPattern=%p %c %x: %m%n',
    '',
  ].join('\n');
}

/** Claims under the names that the protocols have for them; a persistent name with everything it has. */
const ATTRIBUTES = [
  '<Attributes xmlns="urn:mace:shibboleth:2.0:attribute-map" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
  ...['1.1:nameid-format:unspecified', '1.1:nameid-format:emailAddress', '2.0:nameid-format:transient'].map(
    (format) => `<Attribute name="urn:oasis:names:tc:SAML:${format}" id="nameid"><AttributeDecoder xsi:type="StringAttributeDecoder"/></Attribute>`,
  ),
  '<Attribute name="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" id="nameid">',
  '<AttributeDecoder xsi:type="NameIDAttributeDecoder" formatter="$Name $Format $NameQualifier $SPNameQualifier" defaultQualifiers="false"/></Attribute>',
  ...[
    ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims', 'emailaddress', 'mail'],
    ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims', 'name', 'name'],
    ['http://schemas.microsoft.com/ws/2008/06/identity/claims', 'role', 'groups'],
    ['http://claims.example', 'teams', 'teams'],
    ['http://claims.example', 'level', 'level'],
  ].flatMap(([namespace = '', name = '', id = '']) => [
    `<Attribute nameFormat="${namespace}" name="${name}" id="${id}"/>`,
    `<Attribute nameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified" name="${namespace}/${name}" id="${id}"/>`,
  ]),
  '<Attribute nameFormat="urn:mace:shibboleth:1.0:attributeNamespace:uri" name="measure" id="measure"/>',
  '<Attribute nameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic" name="measure" id="measure"/>',
  '<Attribute name="urn:oid:0.9.2342.19200300.100.1.3" id="mail"/>',
  '<Attribute name="urn:oid:1.3.6.1.4.1.5923.1.5.1.1" id="groups"/>',
  '</Attributes>',
].join('\n');

function configuration(folder: string, port: number, places: readonly Place[]): string {
  const extensions = (element: string, side: string, ...libraries: readonly string[]): string =>
    `<${element} logger="${folder}/${side}.logger"><Extensions>${libraries.map((path) => `<Library path="${path}" fatal="true"/>`).join('')}</Extensions></${element}>`;
  return [
    '<SPConfig xmlns="urn:mace:shibboleth:3.0:native:sp:config" clockSkew="180">',
    extensions('OutOfProcess', 'shibd', 'adfs.so', `${folder}/decoder.so`),
    extensions('InProcess', 'module', 'adfs-lite.so'),
    `<TCPListener address="127.0.0.1" port="${String(port)}" acl="127.0.0.1"/>`,
    `<ApplicationDefaults entityID="${entityId('none')}" REMOTE_USER="nameid" signing="front">`,
    `<Sessions ${SESSIONS}/>`,
    '<Errors supportContact="root@localhost"/>',
    `<AttributeExtractor type="XML" validate="true" path="${folder}/attribute-map.xml"/>`,
    `<CredentialResolver type="File" key="${folder}/app.key" certificate="${folder}/app.crt"/>`,
    ...places.map((place) => application(folder, place)),
    '</ApplicationDefaults>',
    '<SecurityPolicyProvider type="XML" validate="true" path="/etc/shibboleth/security-policy.xml"/>',
    '<ProtocolProvider type="XML" validate="true" path="/etc/shibboleth/protocols.xml"/>',
    '</SPConfig>',
  ].join('\n');
}

const SESSIONS = 'lifetime="28800" timeout="3600" checkAddress="false" relayState="ss:mem" handlerSSL="false" cookieProps="http" redirectLimit="exact"';

function application(folder: string, { name, protocol, idp }: Place): string {
  return [
    `<ApplicationOverride id="${name}" entityID="${entityId(name)}">`,
    `<Sessions handlerURL="/${name}/Shibboleth.sso" ${SESSIONS}>`,
    `<SSO entityID="${idp.entityId}">${protocol}</SSO>`,
    `<Logout>${protocol} Local</Logout>`,
    '<Handler type="MetadataGenerator" Location="/Metadata" signing="false"/>',
    '<Handler type="Session" Location="/Session" contentType="application/json" showAttributeValues="true"/>',
    '</Sessions>',
    `<MetadataProvider type="XML" validate="true" path="${folder}/${name}.idp.xml"/>`,
    '</ApplicationOverride>',
  ].join('\n');
}

function location(name: string): readonly string[] {
  return [
    `<Location /${name}>`,
    '  AuthType shibboleth',
    `  ShibRequestSetting applicationId ${name}`,
    '  ShibRequestSetting requireSession 1',
    '  Require shib-session',
    '  Header set X-Remote-User "%{nameid}e"',
    '  Header set X-Mail "%{mail}e"',
    '  Header set X-Groups "%{groups}e"',
    '</Location>',
    `<Location /${name}/Shibboleth.sso>`,
    '  ShibRequestSetting requireSession 0',
    '  SetHandler shib',
    '  Require all granted',
    '</Location>',
  ];
}
