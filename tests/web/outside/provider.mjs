// An OpenID Connect provider (npm oidc-provider) on a free port of this machine, for the tests.
// Prints its address as one line of JSON. Who logs in, and what is said about them, is set by POST /test/next.
// node provider.mjs <redirect_uri> <post_logout_redirect_uri>
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../../app/web/package.json", import.meta.url));
const { Provider } = await import(pathToFileURL(require.resolve("oidc-provider")).href);
const [back, out] = process.argv.slice(2);

// the claims of whoever logs in next; `sub` names them; `amr` is how
let next = { sub: "nobody" };
const people = new Map();

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "waymark",
        client_secret: "a secret of the test",
        redirect_uris: [back],
        post_logout_redirect_uris: [out],
        id_token_signed_response_alg: "RS256",
      },
    ],
    claims: { openid: ["sub", "amr", "acr"], email: ["email", "email_verified"], profile: ["name", "preferred_username", "groups"] },
    cookies: { keys: ["of the test"] },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people.get(id) }) }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
  });
  const callback = provider.callback();
  server.on("request", async (request, response) => {
    if (request.url === "/test/next") {
      let body = "";
      for await (const part of request) body += part;
      next = JSON.parse(body);
      people.set(next.sub, next);
      response.end("{}");
    } else if (request.url.startsWith("/interaction/")) {
      await interact(provider, request, response);
    } else {
      callback(request, response);
    }
  });
  console.log(JSON.stringify({ issuer }));
});

// what a person would do: give their name and password, and agree
async function interact(provider, request, response) {
  const { prompt, params, grantId } = await provider.interactionDetails(request, response);
  if (next.refuses) {
    const result = { error: "access_denied", error_description: "<b>said by the provider</b>" };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  }
  if (prompt.name === "login") {
    const login = { accountId: next.sub, amr: next.amr ?? ["pwd"], remember: false };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: next.sub, clientId: params.client_id });
  grant.addOIDCScope("openid email profile");
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}
