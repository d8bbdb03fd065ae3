// `node provider.mjs PORT`, from web/: a certified OpenID Connect provider. Who signs in there as a
// name has the claims that `PUT /people/NAME` told; `GET /logouts` tells what it has sent to whom.
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(process.cwd(), 'package.json'))
const { Provider } = require('oidc-provider')
const port = Number(process.argv[2])
const people = new Map()
const logouts = []

const account = (id) => ({
  accountId: id,
  claims: () => ({ email: `${id}@example.org`, email_verified: true, ...people.get(id), sub: id }),
})

const provider = new Provider(`http://localhost:${port}`, {
  claims: {
    openid: ['sub', 'amr', 'acr'],
    email: ['email', 'email_verified', 'upn'],
    profile: ['name'],
    groups: ['groups'],
  },
  conformIdTokenClaims: false,
  features: {
    devInteractions: { enabled: true },
    registration: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  cookies: { keys: ['of no importance'] },
  findAccount: (_, id) => account(id),
  // it would call the open internet only; here it is to tell us what it says
  fetch: async (url, options) => {
    logouts.push({ url: String(url), body: String(options?.body ?? '') })
    return new Response(null, { status: 200 })
  },
})

// how one signs in there is told, too: `amr`, `acr`
const { loginAccount } = provider.Session.prototype
provider.Session.prototype.loginAccount = function (login) {
  const { amr, acr } = people.get(login.accountId) ?? {}
  loginAccount.call(this, { ...login, amr, acr })
}

async function told(request) {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  return JSON.parse(Buffer.concat(pieces).toString())
}

// it ends with whoever started it
process.stdin.resume().on('end', () => process.exit())

const answer = provider.callback()
createServer(async (request, response) => {
  const [, place, name] = request.url.split('/')
  if (place === 'people') {
    people.set(decodeURIComponent(name), await told(request))
    response.end()
  } else if (place === 'logouts') {
    response.end(JSON.stringify(logouts))
  } else {
    answer(request, response)
  }
}).listen(port, '127.0.0.1', () => console.log('ready'))
