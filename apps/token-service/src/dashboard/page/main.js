import { Connection } from './connection.js';
import { toCredential } from './credential.js';
import { part, setText } from './element.js';
import { CredentialList } from './list.js';
import { Login } from './login.js';
import { News } from './news.js';
import { SourceNote } from './source-note.js';
import { Summary } from './summary.js';
import { several } from './words.js';

const TICK = 1000;
const SEARCH_PAUSE = 80;
/** The summary is updated once for all changes within this time. */
const SUMMARY_PAUSE = 100;

const content = part('content', HTMLDivElement);
const state = part('connection', HTMLParagraphElement);
const banner = part('banner', HTMLParagraphElement);
const found = part('found', HTMLParagraphElement);
const search = part('search', HTMLInputElement);
const logOut = part('log-out', HTMLButtonElement);

/** How far this machine's clock is behind the service's. */
let offset = 0;
let caller = '';
let isLinkOpen = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let summing;
const now = () => Date.now() + offset;

const list = new CredentialList(part('credentials', HTMLUListElement), now, (matching) => {
  const all = list.all.size;
  setText(
    found,
    matching === all ? several(all, 'credential') : `${matching} of ${several(all, 'credential')}`,
  );
  isLinkOpen ||= list.openLinked();
});
const summary = new Summary(filter);
const sourceNote = new SourceNote();
const news = new News();
const login = new Login((key) => connection.open(key));
const connection = new Connection({
  hear,
  connected() {
    login.hide();
    logOut.hidden = !connection.hasKey;
  },
  lost(reason) {
    state.className = 'connection lost';
    setText(state, `${reason} What is shown may be old; trying again …`);
  },
  refused(status, detail, hadKey) {
    content.hidden = true;
    // The next user of the browser may not be allowed to see these credentials.
    list.replace([]);
    summarise();
    logOut.hidden = true;
    showBanner(null);
    state.className = 'connection';
    setText(state, 'Not logged in');
    // The first request has no key, so its failure is no problem of the user.
    login.show(status === 401 && !hadKey && caller === '' ? null : detail);
    caller = '';
  },
});

/**
 * @param {string} event
 * @param {any} data
 */
function hear(event, data) {
  if (event === 'callers-file') {
    showBanner(data);
    return;
  }
  if (event === 'source') {
    sourceNote.show(data);
    return;
  }
  offset = data.now - Date.now();
  const credentials = data.credentials.map(toCredential);
  for (const credential of credentials) news.compare(list.all.get(credential.name), credential);
  if (event === 'snapshot') {
    caller = data.caller;
    state.className = 'connection live';
    setText(state, `Live, as ${caller}`);
    showBanner(data.callers_file);
    sourceNote.show(data.source);
    content.hidden = false;
    list.replace(credentials);
    summarise();
  } else {
    list.change(credentials, data.removed);
    summing ??= setTimeout(summarise, SUMMARY_PAUSE);
  }
}

function summarise() {
  summing = undefined;
  summary.show([...list.all.values()], now());
}

/** @param {{ ok: boolean, detail: string } | null} callersFile */
function showBanner(callersFile) {
  banner.hidden = callersFile === null || callersFile.ok;
  setText(banner, banner.hidden ? '' : `The callers file cannot be used: ${callersFile?.detail}`);
}

function filter() {
  list.filter(search.value, summary.state);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let searching;
search.addEventListener('input', () => {
  clearTimeout(searching);
  searching = setTimeout(filter, SEARCH_PAUSE);
});
logOut.addEventListener('click', () => {
  connection.close();
  location.reload();
});
addEventListener('hashchange', () => list.openLinked());
setInterval(() => {
  if (content.hidden || document.hidden) return;
  list.tick();
  summarise();
}, TICK);
document.addEventListener('visibilitychange', () => list.tick());
connection.open(null);
