// What goes wrong on the way to Clerk and back. A fault is
//
//   { on: 'DELETE /v1/users', skip: 2, times: 1, do: 'drop_after' }
//
// for requests that begin with `on` (all of them without it), past the first `skip`, `times` times (1).
//
//   limit       429; after: seconds, or any text, of Retry-After
//   status      this `status`, with Clerk's shape of an error and this `code`
//   html        the page of a proxy, with this `status` (502)
//   locked      409 resource_locked
//   drop        the connection ends without anything done
//   drop_after  it is done, and then the connection ends
//   hang        done, and no answer ever; /_control/state counts it as held
//   hold        not done, and no answer ever; counted as well
//   drip        a byte a second
//   truncated   the answer ends in the middle
//   garbage     200 with an HTML page
//   huge        an answer without an end
//   redirect    302 to `to`

const error = (code, message) =>
  JSON.stringify({ errors: [{ code, message, long_message: message }], clerk_trace_id: 'trace_fault' });

export const findFault = (faults, request) => {
  for (const fault of faults) {
    if (fault.on && !request.startsWith(fault.on)) continue;
    fault.seen = (fault.seen ?? 0) + 1;
    const skip = fault.skip ?? 0;
    if (fault.seen > skip && fault.seen <= skip + (fault.times ?? 1)) return fault;
  }
  return undefined;
};

const html = '<html><head><title>502 Bad Gateway</title></head><body>cloud</body></html>';

// False where the request is to be served as if nothing were.
export const playFault = async (fault, { request, response, perform, state, entry }) => {
  const send = (status, type, body, headers = {}) => {
    entry.status = status;
    response.writeHead(status, { 'Content-Type': type, ...headers });
    response.end(body);
    return true;
  };
  switch (fault.do) {
    case 'limit':
      return send(429, 'application/json', error('too_many_requests', 'Too many requests.'),
        fault.after === undefined ? {} : { 'Retry-After': String(fault.after) });
    case 'status':
      return send(fault.status, 'application/json', error(fault.code ?? 'internal_clerk_error', fault.message ?? 'Oops'));
    case 'html':
      return send(fault.status ?? 502, 'text/html', html);
    case 'locked':
      return send(409, 'application/json', error('resource_locked', 'being modified by another request'));
    case 'drop':
      request.socket.destroy();
      return true;
    case 'drop_after':
      perform();
      request.socket.destroy();
      return true;
    case 'hang':
    case 'hold':
      if (fault.do === 'hang') perform();
      ++state.held;
      return true;
    case 'drip': {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
      const timer = setInterval(() => response.write(' '), 1000);
      response.on('close', () => clearInterval(timer));
      return true;
    }
    case 'truncated': {
      const body = JSON.stringify(perform().body);
      return send(200, 'application/json', body.slice(0, body.length / 2));
    }
    case 'garbage':
      return send(200, 'text/html', html);
    case 'huge': {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const part = ' '.repeat(1 << 20);
      const more = () => {
        while (!response.destroyed && response.write(part)) { /* until the socket is full */ }
        response.once('drain', more);
      };
      more();
      return true;
    }
    case 'redirect':
      return send(302, 'text/html', '', { Location: fault.to });
    default:
      throw new Error(`no such fault: ${fault.do}`);
  }
};
