// Clerk's own client talks to the stand-in, and must understand every answer: what it makes of them is
// compared with what the stand-in has.
//
//   node understood.mjs    with NODE_PATH's @clerk/backend: see clerk_client in CMakeLists.txt
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { once } from 'node:events';

const { createClerkClient } = createRequire(`${process.argv[2]}/`)('@clerk/backend');

const start = async (settings) => {
  const child = spawn(process.execPath, [new URL('stand_in.mjs', import.meta.url).pathname, JSON.stringify(settings)],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  const url = line.trim();
  const secretKey = settings.key ?? 'sk_test_standin0000';
  return {
    clerk: createClerkClient({ secretKey, apiUrl: url, telemetry: { disabled: true } }),
    stranger: createClerkClient({ secretKey: 'sk_test_wrong', apiUrl: url, telemetry: { disabled: true } }),
    state: async () => (await fetch(`${url}/_control/state`)).json(),
    set: (more) => fetch(`${url}/_control/set`, { method: 'POST', body: JSON.stringify(more) }),
    stop: () => child.stdin.end(),
  };
};

const refused = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return { status: error.status, code: error.errors?.[0].code, after: error.retryAfter, trace: error.clerkTraceId };
  }
  throw new Error('nothing was refused');
};

const has = (what, expected) => {
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(what[name], value, name);
};

const standIn = await start({ organizations: 25, users: 25, managedUsers: [3], limited: false });
const { clerk, stranger, state, set } = standIn;
try {
  has(await clerk.instance.get(), { id: 'ins_standin', environmentType: 'development' });

  const before = await state();
  const first = await clerk.organizations.getOrganizationList();
  has(first, { totalCount: 25 });
  assert.equal(first.data.length, 10, 'ten a page unless asked for more');
  assert.equal(first.data[0].id, before.organizations.at(-1), 'newest first');
  const sorted = await clerk.organizations.getOrganizationList({ limit: 5, offset: 5, orderBy: '+created_at' });
  assert.deepEqual(sorted.data.map((o) => o.id), before.organizations.slice(5, 10));
  has(sorted.data[0], { name: 'Organization 6', slug: 'organization-6', createdAt: Date.UTC(2026, 0, 1) + 6000 });

  const users = await clerk.users.getUserList({ limit: 500, orderBy: '+created_at' });
  has(users, { totalCount: 25 });
  assert.deepEqual(users.data.map((u) => u.id), before.users);
  assert.equal(users.data[0].emailAddresses[0].emailAddress, 'user26@example.com');
  assert.equal(await clerk.users.getCount(), 25);

  const members = await clerk.organizations.getInstanceOrganizationMembershipList({ limit: 500 });
  has(members, { totalCount: 50 });
  assert.ok(members.data.every((m) => m.organization.id.startsWith('org_') && m.publicUserData.userId.startsWith('user_')));
  assert.ok(members.data.every((m) => m.owner === undefined));

  has(await clerk.organizations.deleteOrganization(before.organizations[0]),
    { object: 'organization', id: before.organizations[0], deleted: true });
  has(await clerk.users.deleteUser(before.users[0]), { object: 'user', id: before.users[0], deleted: true });
  const after = await state();
  assert.equal(after.organizations.length, 24);
  assert.equal(after.users.length, 24);
  assert.ok(after.memberships < before.memberships, 'memberships go with their organization');

  has(await refused(clerk.users.deleteUser(before.users[0])), { status: 404, code: 'resource_not_found' });
  has(await refused(clerk.organizations.deleteOrganization('org_gone')), { status: 404, code: 'resource_not_found' });
  has(await refused(clerk.users.deleteUser(before.users[3])), { status: 409, code: 'user_managed_by_scim' });
  has(await refused(stranger.instance.get()), { status: 401, code: 'clerk_key_invalid' });
  has(await refused(clerk.organizations.getOrganizationList({ limit: 501 })), { status: 422 });
  has(await refused(clerk.users.getUserList({ orderBy: '+nonsense' })), { status: 422 });

  const faults = (...list) => set({ faults: list });
  await faults({ do: 'limit', after: 2 });
  has(await refused(clerk.instance.get()), { status: 429, code: 'too_many_requests', after: 2, trace: 'trace_fault' });
  await faults({ do: 'status', status: 500 });
  has(await refused(clerk.instance.get()), { status: 500, code: 'internal_clerk_error' });
  await faults({ do: 'locked' });
  has(await refused(clerk.users.deleteUser(before.users[1])), { status: 409, code: 'resource_locked' });
  await faults({ do: 'drop' });
  has(await refused(clerk.instance.get()), { code: 'unexpected_error' });

  await set({ organizationsEnabled: false });
  has(await refused(clerk.organizations.getOrganizationList()),
    { status: 403, code: 'organization_not_enabled_in_instance' });
  await set({ organizationsEnabled: true, environment: 'production' });
  has(await clerk.instance.get(), { environmentType: 'production' });

  await set({ environment: 'development', limited: true });
  let limited;
  for (let i = 0; i < 101 && !limited; ++i) limited = await clerk.instance.get().then(() => null, (error) => error);
  has({ status: limited.status, code: limited.errors[0].code }, { status: 429, code: 'too_many_requests' });
  assert.ok(limited.retryAfter >= 1 && limited.retryAfter <= 10);
  console.log('understood');
} finally {
  standIn.stop();
}
