// Lets graphql-ws, and what is built on it (Apollo's GraphQLWsLink, urql, Relay), follow changes
// through cuts and ends of tokens, each change exactly once: pass the result to `createClient`.
//
//   createClient({ url: "wss://gerbang.example/graphql", ...following({ token: freshToken }) })
//
// Copy this file; it needs nothing. See docs/live.md.

/**
 * @param {object} options
 * @param {() => string | Promise<string>} options.token  an access token that is still good
 * @param {string} [options.role]  the role to act in, where a person holds several
 * @param {string} [options.purpose]  for subscriptions that read identity
 * @param {number} [options.renewSeconds]  how often to look whether there is a newer token
 */
export function following({ token, role, purpose, renewSeconds = 60 }) {
  /** The position of the last payload, by the id of its subscription. */
  const positions = new Map();
  let shown, renewal;

  async function credentials() {
    shown = `Bearer ${await token()}`;
    return {
      authorization: shown,
      ...(role && { "gerbang-role": role }),
      ...(purpose && { "gerbang-purpose": purpose }),
    };
  }

  async function renew(socket) {
    const fresh = `Bearer ${await token()}`;
    if (fresh === shown || socket.readyState !== socket.OPEN) return;
    shown = fresh;
    socket.send(JSON.stringify({ type: "ping", payload: { authorization: fresh } }));
  }

  return {
    connectionParams: credentials,
    retryAttempts: Infinity,
    // A socket that ended or could not be opened; an error of the program would come again.
    shouldRetry: (reason) => !(reason instanceof Error),
    on: {
      connected(socket) {
        clearInterval(renewal);
        renewal = setInterval(() => renew(socket).catch(() => {}), renewSeconds * 1000);
      },
      closed: () => clearInterval(renewal),
      message({ type, id, payload }) {
        if (type === "next") positions.set(id, payload.extensions.position);
        else if (type === "error" || type === "complete") positions.delete(id);
      },
    },
    // After a cut graphql-ws subscribes again with the id and variables of the first time. The
    // position is added on the way out.
    jsonMessageReplacer(key, message) {
      if (key !== "") return message;
      if (message.type === "complete") positions.delete(message.id);
      const position = message.type === "subscribe" && positions.get(message.id);
      if (!position) return message;
      const { payload } = message;
      return {
        ...message,
        payload: { ...payload, extensions: { ...payload.extensions, position } },
      };
    },
  };
}
