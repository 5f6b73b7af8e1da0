'use strict';

// Whatever mail says is put on the page as text, never as markup.
const limit = 20;
const good = ['connected', 'done', 'sent'];
const bad = ['error', 'auth_required', 'failed', 'dead', 'uncertain'];
let token = sessionStorage.getItem('token');
let isReading = false, isAskedAgain = false;

const byId = id => document.getElementById(id);

async function call(path, method = 'GET', sent = null) {
  const headers = token ? { Authorization: 'Bearer ' + token } : {};
  if (sent) headers['Content-Type'] = 'application/json';
  const reply = await fetch('/api' + path, { method, headers, body: sent && JSON.stringify(sent) });
  const body = await reply.json();
  if (body.error === 'token_required') byId('token').hidden = false;
  if (body.code !== 1) throw new Error(body.msg);
  return body.result;
}

function cell(value, kind) {
  const td = document.createElement('td');
  if (value instanceof Node) td.append(value);
  else td.textContent = value ?? '';
  if (kind) td.className = kind;
  return td;
}

function when(instant) {
  if (!instant) return '';
  const time = document.createElement('time');
  time.dateTime = instant;
  time.textContent = new Date(instant).toLocaleString();
  return time;
}

const state = (word, why) => cell(why ? `${word}: ${why}` : word, good.includes(word) ? 'good' : bad.includes(word) ? 'bad' : '');

function button(text, path, body = null) {
  const made = document.createElement('button');
  made.textContent = text;
  made.addEventListener('click', async () => {
    made.disabled = true;
    await tell(() => call(path, 'POST', body));
    made.blur();
    await refresh();
  });
  return made;
}

// Those who may be it, and a look among all others; the address is remembered.
function customers(trail) {
  const box = document.createElement('div');
  const found = document.createElement('div');
  const input = document.createElement('input');
  found.className = 'found';
  input.placeholder = 'Find a customer';
  const offer = (id, name) => button(name || String(id), `/okki/unmatched/${encodeURIComponent(trail.id)}/assign`, { companyId: id, pin: trail.counterparty ? 'address' : 'none' });
  let timer = 0;
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => tell(async () => {
      const page = await call(`/okki/customers?limit=8&q=${encodeURIComponent(input.value)}`);
      found.replaceChildren(...page.customers.map(c => offer(c.companyId, c.name)));
    }), 200);
  });
  found.append(...(trail.match?.candidates ?? []).slice(0, 8).map(c => offer(c.companyId, c.name)));
  box.append(input, found);
  return box;
}

// Not under the hand of whoever is at it.
async function readCrm() {
  const config = await call('/okki/config');
  byId('crm').hidden = config.missing !== null;
  if (config.missing !== null || byId('unmatched').contains(document.activeElement)) return;
  const page = await call(`/okki/unmatched?limit=${limit}`);
  fill('unmatched', page.unmatched.map(t => [cell(when(t.createdAt)), cell(t.counterparty), cell(t.subject),
    state(t.state, t.match ? `${t.match.name}? ${t.match.evidence}` : t.error), cell(customers(t))]));
}

function fill(id, rows) {
  const body = byId(id).tBodies[0];
  const columns = byId(id).tHead.rows[0].cells.length;
  body.replaceChildren(...rows.map(cells => {
    const tr = document.createElement('tr');
    tr.append(...cells);
    return tr;
  }));
  if (rows.length === 0) {
    const none = cell('none', 'none');
    none.colSpan = columns;
    body.insertRow().append(none);
  }
}

async function tell(work) {
  try {
    await work();
    byId('trouble').hidden = true;
  } catch (e) {
    byId('trouble').textContent = e.message;
    byId('trouble').hidden = false;
  }
}

async function read() {
  const [accounts, statuses, runs, tasks, outbox] = await Promise.all([
    call('/accounts'), call('/polling/status'), call(`/rules/runs?limit=${limit}`), call(`/agents/tasks?limit=${limit}`), call(`/outbox?limit=${limit}`)]);
  const status = new Map(statuses.map(s => [s.provider + '/' + s.email, s]));
  await readCrm();
  fill('accounts', accounts.map(a => {
    const s = status.get(a.provider + '/' + a.email) ?? {};
    const progress = s.progress ? `${s.progress.done} of ${s.progress.total}` : '';
    return [cell(`${a.displayName ? a.displayName + ' ' : ''}<${a.email}>`), state(a.status, a.error ?? progress), cell(a.unreadCount), cell(s.index ? s.index.total : ''), cell(when(a.lastSyncTime)),
      cell(button('Sync', `/sync?provider=${encodeURIComponent(a.provider)}&email=${encodeURIComponent(a.email)}`))];
  }));
  fill('runs', runs.runs.map(r => [cell(when(r.at)), cell(r.subject ?? '(gone)'), cell(r.type), state(r.status, r.msg)]));
  fill('tasks', tasks.tasks.map(t => [cell(when(t.createdAt)), cell(t.agentId), cell(t.message.subject), state(t.state, t.error),
    cell(t.state === 'dead' ? button('Give out again', `/agents/tasks/${encodeURIComponent(t.id)}/requeue`) : '')]));
  fill('outbox', outbox.items.map(o => [cell(when(o.createdAt)), cell(o.email), cell(o.kind), state(o.status, o.lastError),
    cell(['failed', 'uncertain', 'pending'].includes(o.status) ? button('Send now', `/outbox/${encodeURIComponent(o.id)}/retry`) : '')]));
}

// One reading at a time, and one more for all that happened meanwhile.
async function refresh() {
  if (isReading) {
    isAskedAgain = true;
    return;
  }
  isReading = true;
  do {
    isAskedAgain = false;
    await tell(read);
    await new Promise(done => setTimeout(done, 250));
  } while (isAskedAgain);
  isReading = false;
}

function live(word, on) {
  byId('live').textContent = word;
  byId('live').className = on ? 'on' : '';
}

// With fetch, because an EventSource cannot send the token.
async function follow() {
  for (;;) {
    try {
      const reply = await fetch('/api/events', { headers: token ? { Authorization: 'Bearer ' + token } : {} });
      if (!reply.ok) throw new Error(reply.statusText);
      live('live', true);
      refresh();
      const reader = reply.body.getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) refresh();
    } catch {
      // It comes back.
    }
    live('not connected', false);
    await new Promise(done => setTimeout(done, 2000));
  }
}

byId('token').addEventListener('submit', event => {
  event.preventDefault();
  token = byId('token').querySelector('input').value.trim();
  sessionStorage.setItem('token', token);
  byId('token').hidden = true;
  refresh();
});

refresh();
follow();
