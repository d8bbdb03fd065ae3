// `node saml-provider.mjs PORT`, from web/: a SAML provider of samlify's. `PUT /sp` tells it who we
// are, by our own metadata; `GET /sso?…&as=NAME` answers what is asked, of that person, as JSON.
// `&lie=audience` answers for another receiver, `&lie=key` signs with a key nobody knows.
// `GET /logout?by=BINDING&as=NAME` asks us to end sessions, of `&session=INDEX` alone if that is told;
// `/slo` tells what an answer to that says. `/metadata?answers=post` takes answers by POST alone.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(process.cwd(), 'package.json'))
const { Constants, IdentityProvider, SamlLib, ServiceProvider, setSchemaValidator } =
  require('samlify')
const port = Number(process.argv[2])
const { KEY, STRANGE_KEY, CERTIFICATE } = process.env
const minutes = (number) => new Date(Date.now() + number * 60_000).toISOString()
let sp

// its schemas are a Java program's; what it reads here is ours, which its parser still looks at
setSchemaValidator({ validate: async () => 'not looked at' })

const { context } = SamlLib.defaultLoginResponseTemplate
const attribute =
  '<saml:Attribute Name="email" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">' +
  '<saml:AttributeValue>{Email}</saml:AttributeValue></saml:Attribute>'
const statements =
  '<saml:AuthnStatement AuthnInstant="{IssueInstant}" SessionIndex="{AssertionID}"><saml:AuthnContext>' +
  '<saml:AuthnContextClassRef>{Context}</saml:AuthnContextClassRef></saml:AuthnContext>' +
  `</saml:AuthnStatement><saml:AttributeStatement>${attribute}</saml:AttributeStatement>`

const provider = (privateKey, bindings = ['redirect', 'post']) =>
  IdentityProvider({
    entityID: `http://localhost:${port}/metadata`,
    signingCert: CERTIFICATE,
    privateKey,
    requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    singleSignOnService: [
      { Binding: Constants.namespace.binding.redirect, Location: `http://localhost:${port}/sso` },
    ],
    singleLogoutService: bindings.map((name) => ({
      Binding: Constants.namespace.binding[name],
      Location: `http://localhost:${port}/slo`,
    })),
    nameIDFormat: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
    loginResponseTemplate: {
      context: context.replace('{AuthnStatement}{AttributeStatement}', statements),
      attributes: [],
    },
  })
const honest = provider(KEY)
const posting = provider(KEY, ['post'])
const strange = provider(STRANGE_KEY)

async function answered(query) {
  const idp = query.lie === 'key' ? strange : honest
  const asked = await idp.parseLoginRequest(sp, 'redirect', { query })
  const { id, assertionConsumerServiceUrl: acs } = asked.extract.request
  const own = idp.entitySetting.generateID()
  const told = {
    ID: own,
    AssertionID: idp.entitySetting.generateID(),
    IssueInstant: minutes(0),
    Destination: acs,
    SubjectRecipient: acs,
    InResponseTo: id,
    Issuer: idp.entityMeta.getEntityID(),
    StatusCode: Constants.StatusCode.Success,
    NameIDFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    NameID: query.as,
    Email: `${query.as}@example.org`,
    Audience: query.lie === 'audience' ? 'https://other.example' : asked.extract.issuer,
    Context: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    ConditionsNotBefore: minutes(-1),
    ConditionsNotOnOrAfter: minutes(5),
    SubjectConfirmationDataNotOnOrAfter: minutes(5),
  }
  const fill = (template) => ({ id: own, context: SamlLib.replaceTagsByValue(template, told) })
  const answer = await idp.createLoginResponse(sp, asked, 'post', {}, fill)
  return { SAMLResponse: answer.context, RelayState: query.RelayState, acs: answer.entityEndpoint }
}

function logout({ by, as, session }) {
  const user = { logoutNameID: as, sessionIndex: session }
  return honest.createLogoutRequest(sp, by, user, { relayState: 'there & back' })
}

async function heard(request, query) {
  const form = Object.fromEntries(new URLSearchParams(await text(request)))
  const by = request.method === 'POST' ? 'post' : 'redirect'
  const { extract } = await honest.parseLogoutResponse(sp, by, { query, body: form })
  return { ...extract, relay_state: query.RelayState ?? form.RelayState }
}

async function text(request) {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

// it ends with whoever started it
process.stdin.resume().on('end', () => process.exit())

createServer(async (request, response) => {
  const url = new URL(request.url, `http://localhost:${port}`)
  try {
    const query = Object.fromEntries(url.searchParams)
    const json = (told) => response.end(JSON.stringify(told))
    if (request.method === 'PUT') {
      sp = ServiceProvider({ metadata: await text(request), wantLogoutRequestSigned: true })
    }
    if (url.pathname === '/metadata') {
      response.end((query.answers === 'post' ? posting : honest).getMetadata())
    } else if (url.pathname === '/sso') json(await answered(query))
    else if (url.pathname === '/logout') json(logout(query))
    else if (url.pathname === '/slo') json(await heard(request, query))
    else response.end('{}')
  } catch (error) {
    response.statusCode = 500
    response.end(String(error?.stack ?? error))
  }
}).listen(port, '127.0.0.1')
