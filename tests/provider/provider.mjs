// An OpenID provider that is not ours: node-oidc-provider, with access tokens as JWTs.
//
// node provider.mjs '{"port": …, "dashboard": …, "secret": …, "resources": {…}, "people": {…}}'
// prints "ready" once it listens. `resources` maps an identifier to the audience and the life of its
// tokens; `people` maps a login to the claims that its access tokens carry. POST /rotate makes a
// new signing key; the retired one stays published, as the provider's documentation has it.
// GET /renewals says how many tokens were renewed.

import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { errors, Provider } from 'oidc-provider';

const { port, dashboard, secret, resources, people } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const page = (ctx, body) => { ctx.body = `<!doctype html><title>Provider</title>${body}`; };

async function signingKey() {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256', kid: crypto.randomUUID() };
}

function provider(keys) {
  const made = new Provider(issuer, {
    jwks: { keys },
    clients: [{
      client_id: 'gerbang-dashboard',
      client_secret: secret,
      redirect_uris: [`${dashboard}/sign-in/callback`],
      post_logout_redirect_uris: [`${dashboard}/`],
      grant_types: ['authorization_code', 'refresh_token'],
      id_token_signed_response_alg: 'ES256',
    }],
    pkce: { required: () => true },
    findAccount: (_, id) => id in people && { accountId: id, claims: () => ({ sub: id }) },
    extraTokenClaims: (_, token) => people[token.accountId],
    cookies: { keys: [secret] },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_, identifier) {
          if (!(identifier in resources)) throw new errors.InvalidTarget();
          const { audience, seconds } = resources[identifier];
          return {
            audience, scope: 'visa', accessTokenFormat: 'jwt', accessTokenTTL: seconds,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => page(ctx, `${form}<button form="op.logoutForm"
          name="logout" value="yes">Sign out</button>`),
      },
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  });
  made.on('grant.success', ({ oidc }) => { renewals += oidc.params.grant_type === 'refresh_token'; });
  made.use(signIn(made));
  return made;
}

// One page asks for the name and the consent: whoever is named has signed in and agreed.
const signIn = (made) => async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const asked = await made.interactionDetails(ctx.req, ctx.res);
  if (ctx.method === 'GET') {
    return page(ctx, '<form method=post><input name=login required><button>Sign in</button></form>');
  }
  let body = '';
  for await (const part of ctx.req) body += part;
  const accountId = new URLSearchParams(body).get('login');
  const { resource, scope } = asked.params;
  const grant = new made.Grant({ accountId, clientId: asked.params.client_id });
  grant.addOIDCScope(scope);
  if (resource) grant.addResourceScope(resource, scope);
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  return made.interactionFinished(ctx.req, ctx.res, result);
};

let renewals = 0;
let keys = [await signingKey()];
let answer = provider(keys).callback();

createServer(async (request, response) => {
  if (request.url === '/renewals') return response.end(String(renewals));
  if (request.url !== '/rotate') return answer(request, response);
  keys = [await signingKey(), ...keys];
  answer = provider(keys).callback();
  return response.end(keys[0].kid);
}).listen(port, '127.0.0.1', () => console.log('ready'));
