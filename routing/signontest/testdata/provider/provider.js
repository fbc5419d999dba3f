// Runs an OpenID provider on a free port of this machine for the tests:
//
//   node provider.js ACCOUNTS.json CLIENT.json
//
// ACCOUNTS.json is read again for every question, so that tests change people
// while they are logged in: {"subject": {"preferred_username": …, "groups": […]}}.
// Whoever stands in it logs in with the subject as name and any password. The
// provider's address is printed once it listens.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { Provider } from 'oidc-provider';

const [accounts, client] = process.argv.slice(2);
const people = () => JSON.parse(readFileSync(accounts, 'utf8'));

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [JSON.parse(readFileSync(client, 'utf8'))],
    cookies: { keys: ['only for tests on this machine'] },
    claims: { openid: ['sub', 'sid'], profile: ['preferred_username', 'name', 'groups'] },
    // true: the claims stand in the ID token; false: in the user info only.
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      backchannelLogout: { enabled: true },
    },
    // The mailroom of the tests stands on this machine, which the library would
    // not speak to by itself.
    fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
    issueRefreshToken: async () => true,
    pkce: { required: () => true },
    async findAccount(ctx, id) {
      const person = people()[id];
      if (!person || person.disabled) return undefined;
      return { accountId: id, claims: async () => ({ sub: id, ...person }) };
    },
    // Staff of the office are not asked whether their office may know them.
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  provider.on('backchannel.error', (ctx, err) => console.error('back channel:', err));
  provider.on('backchannel.success', () => console.error('back channel: told'));
  server.on('request', provider.callback());
  console.log(issuer);
});
