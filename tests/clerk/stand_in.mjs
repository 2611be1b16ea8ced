// A stand-in for Clerk's Backend API: the endpoints that rung uses, with Clerk's paging, bounds, errors and
// rate limits, and switches for what goes wrong out there. Keeps everything in memory.
//
//   node stand_in.mjs '{"organizations": 30, "users": 60}'
//
// prints its address, then serves until its standard input ends. GET /_control/state tells what it has and
// has been asked; POST /_control/set takes the same object as the argument, with "reset": true
// to begin anew.
//
// Source: Clerk's OpenAPI description of the Backend API, version 2025-11-10, and its page of limits. That
// Clerk's own client understands every answer is tested by understood.mjs.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { findFault, playFault } from './faults.mjs';
import { makeMembership, makeOrganization, makeUser } from './objects.mjs';

const VERSIONS = ['2021-02-05', '2024-10-01', '2025-03-12', '2025-04-10', '2025-11-10', '2026-05-12'];
const PER_TEN_SECONDS = { development: 100, production: 1000 };

export const settings = {
  key: 'sk_test_standin0000',
  instance: 'ins_standin',
  environment: 'development',
  organizations: 0, // how many there are at the start
  users: 0,
  membersPerOrganization: 2,
  members: [], // further ones: pairs of positions, [organization, user]
  claimedOrganizations: null, // what total_count says instead of the truth
  organizationsEnabled: true,
  limited: true, // by the rate limit
  undeadUsers: [], // positions of users that stay listed after they were deleted
  managedUsers: [], // positions of users that a directory manages: they cannot be deleted
  names: {}, // of organizations, by position
  hideUserData: false, // in memberships
  appear: null, // { at: 40, organizations: 1, users: 1 }: made before the request of this number
  faults: [], // see faults.mjs
  tls: null, // { key, cert }: files
  ...JSON.parse(process.argv[2] ?? '{}'),
};

const state = {};

const undead = new Set();
const managed = new Set();

const add = (organizations, users) => {
  for (let i = 0; i < organizations; ++i) {
    state.organizations.push(makeOrganization(++state.serial, settings.names[state.organizations.length]));
  }
  for (let i = 0; i < users; ++i) state.users.push(makeUser(++state.serial));
};

const begin = () => {
  Object.assign(state, { organizations: [], users: [], memberships: [], requests: [], held: 0, serial: 0 });
  add(settings.organizations, settings.users);
  for (const position of settings.undeadUsers) undead.add(state.users[position].id);
  for (const position of settings.managedUsers) managed.add(state.users[position].id);
  const join = (organization, user) =>
    state.memberships.push(makeMembership(++state.serial, organization, user, settings.hideUserData));
  state.organizations.forEach((organization, i) => {
    for (let j = 0; j < settings.membersPerOrganization && state.users.length > 0; ++j) {
      join(organization, state.users[(i * settings.membersPerOrganization + j) % state.users.length]);
    }
  });
  for (const [i, j] of settings.members) join(state.organizations[i], state.users[j]);
};
begin();

class Refusal extends Error {
  constructor(status, code, message, longMessage = message, headers = {}) {
    super(message);
    Object.assign(this, { status, code, longMessage, headers });
  }
}

const number = (query, name, fallback, least, most) => {
  if (!query.has(name)) return fallback;
  const text = query.get(name);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new Refusal(422, 'form_param_format_invalid', 'is invalid', `${name} must be from ${least} to ${most}`);
  }
  return value;
};

const ordered = (items, query, fields) => {
  const asked = query.get('order_by') ?? '-created_at';
  const match = /^([+-]?)(\w+)$/.exec(asked);
  if (!match || !fields.includes(match[2])) {
    throw new Refusal(422, 'form_param_value_invalid', 'is invalid', `order_by does not match one of ${fields}`);
  }
  const way = match[1] === '-' ? -1 : 1;
  return [...items].sort((a, b) => way * (a[match[2]] < b[match[2]] ? -1 : a[match[2]] > b[match[2]] ? 1 : 0));
};

const page = (items, query) => {
  const limit = number(query, 'limit', 10, 1, 500);
  const offset = number(query, 'offset', 0, 0, Infinity);
  const after = query.get('starting_after');
  if (after === null) return items.slice(offset, offset + limit);
  if (offset > 0) throw new Refusal(422, 'form_param_value_invalid', 'is invalid', 'starting_after excludes offset');
  const at = items.findIndex((item) => item.id === after);
  if (at < 0) throw new Refusal(404, 'resource_not_found', 'not found', `No user was found with id ${after}.`);
  return items.slice(at + 1, at + 1 + limit);
};

const remove = (kind, id, message) => {
  const at = state[kind].findIndex((item) => item.id === id);
  if (at < 0) throw new Refusal(404, 'resource_not_found', 'not found', message);
  if (managed.has(id)) {
    throw new Refusal(409, 'user_managed_by_scim', 'This user is managed by a directory',
      'This user is managed by a directory and cannot be deleted manually.');
  }
  const item = state[kind][at];
  if (!undead.has(id)) state[kind].splice(at, 1);
  state.memberships = state.memberships.filter(
    (m) => m.organization.id !== id && m.owner !== id);
  return { object: item.object, id, ...(item.slug ? { slug: item.slug } : {}), deleted: true };
};

const needOrganizations = () => {
  if (settings.organizationsEnabled) return;
  throw new Refusal(403, 'organization_not_enabled_in_instance', 'access denied',
    'The organizations feature is not enabled for this instance.');
};

const answer = (method, path, query) => {
  if (method === 'GET' && path === '/v1/instance') {
    return { object: 'instance', id: settings.instance, environment_type: settings.environment, allowed_origins: null,
      workspace_id: 'ws_standin' };
  }
  if (path.startsWith('/v1/organization')) needOrganizations();
  if (method === 'GET' && path === '/v1/organizations') {
    const items = ordered(state.organizations, query, ['name', 'created_at', 'members_count']);
    return { data: page(items, query), total_count: settings.claimedOrganizations ?? items.length };
  }
  if (method === 'GET' && path === '/v1/organization_memberships') {
    const items = ordered(state.memberships, query, ['created_at']);
    return { data: page(items, query).map(({ owner, ...shown }) => shown), total_count: items.length };
  }
  if (method === 'GET' && path === '/v1/users') return page(ordered(state.users, query, ['created_at']), query);
  if (method === 'GET' && path === '/v1/users/count') return { object: 'total_count', total_count: state.users.length };
  const [, , kind, id, more] = path.split('/');
  if (method === 'DELETE' && kind === 'organizations' && id && !more) {
    return remove('organizations', id, 'Given organization not found.');
  }
  if (method === 'DELETE' && kind === 'users' && id && !more) {
    return remove('users', id, `No user was found with id ${id}.`);
  }
  throw new Refusal(404, 'resource_not_found', 'not found', `no such endpoint: ${method} ${path}`);
};

const window = [];
const checkRate = () => {
  const now = Date.now();
  while (window.length > 0 && window[0] <= now - 10_000) window.shift();
  if (settings.limited && window.length >= PER_TEN_SECONDS[settings.environment]) {
    const seconds = Math.max(1, Math.ceil((window[0] + 10_000 - now) / 1000));
    throw new Refusal(429, 'too_many_requests', 'Too many requests. Please try again in a bit.', undefined,
      { 'Retry-After': String(seconds) });
  }
  window.push(now);
};

const checkCaller = (request, query) => {
  const [scheme, key] = (request.headers.authorization ?? '').split(' ');
  if (scheme !== 'Bearer' || !key) {
    throw new Refusal(401, 'authorization_header_format_invalid', 'Invalid Authorization header format');
  }
  if (key !== settings.key) throw new Refusal(401, 'clerk_key_invalid', 'The provided Clerk Secret Key is invalid.');
  const versions = [request.headers['clerk-api-version'], query.get('__clerk_api_version')].filter(Boolean);
  if (versions.length > 1 || versions.some((version) => !VERSIONS.includes(version))) {
    throw new Refusal(400, 'api_version_invalid', 'Invalid API version');
  }
};

const send = (response, status, body, headers = {}) => {
  // Exactly this type: with a charset, Clerk's client takes the body for a text.
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

const serve = async (request, response) => {
  const url = new URL(request.url, 'http://stand-in');
  if (url.pathname === '/_control/state') {
    const ids = (items) => items.map((item) => item.id);
    return send(response, 200, { ...state, organizations: ids(state.organizations), users: ids(state.users),
      memberships: state.memberships.length });
  }
  if (url.pathname === '/_control/set') {
    let text = '';
    for await (const part of request) text += part;
    Object.assign(settings, JSON.parse(text));
    if (settings.reset) begin();
    settings.reset = false;
    return send(response, 200, {});
  }
  const entry = { method: request.method, path: url.pathname, query: url.search, host: request.headers.host,
    version: request.headers['clerk-api-version'], at: Date.now(), status: 0 };
  state.requests.push(entry);
  if (settings.appear && state.requests.length >= settings.appear.at) {
    add(settings.appear.organizations ?? 0, settings.appear.users ?? 0);
    settings.appear = null;
  }
  const finish = (status, body, headers) => {
    entry.status = status;
    send(response, status, body, headers);
  };
  const perform = () => {
    try {
      checkCaller(request, url.searchParams);
      checkRate();
      return { status: 200, body: answer(request.method, url.pathname, url.searchParams) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, headers: error.headers, body: {
        errors: [{ message: error.message, long_message: error.longMessage, code: error.code }],
        clerk_trace_id: `trace_${state.requests.length}` } };
    }
  };
  const fault = findFault(settings.faults, `${request.method} ${url.pathname}`);
  if (fault) {
    entry.fault = fault.do;
    if (await playFault(fault, { request, response, perform, state, entry })) return undefined;
  }
  const { status, body, headers } = perform();
  return finish(status, body, headers);
};

const server = settings.tls
  ? https.createServer({ key: readFileSync(settings.tls.key), cert: readFileSync(settings.tls.cert) }, serve)
  : http.createServer(serve);
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  console.log(`${settings.tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
