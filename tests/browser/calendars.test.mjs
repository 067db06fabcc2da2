// Calendar feeds as other people's programs read them: three parsers that know nothing of each other, and a calendar client that
// keeps itself up to date. Where the client and the parsers of Debian are not installed, that part is skipped and says so.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ICAL from 'ical.js';
import { openBrowser, openWindow, signIn, startDemo } from './support.mjs';

const READER = fileURLToPath(new URL('calendars/read.py', import.meta.url));
const PYTHON = '/usr/bin/python3';
const SYNC = '/usr/bin/vdirsyncer';
const LIST = '/usr/bin/khal';

let product;
let browser;
let folder;

before(async () => {
  product = await startDemo();
  browser = await openBrowser();
  folder = mkdtempSync(join(tmpdir(), 'alcove-calendars-'));
});

after(async () => {
  await browser?.close();
  await product?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function hasParsers() {
  try {
    execFileSync(PYTHON, ['-c', 'import icalendar, vobject'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Somebody's window, and the address of a feed that they have just made. */
async function withFeed(email, of) {
  const page = await openWindow(browser, product.base);
  await signIn(page, email);
  await page.goto('/account/calendars');
  await page.locator('#make select').selectOption(of);
  await page.locator('#make button').last().click();
  const address = (await page.locator('pre').first().innerText()).trim();
  return { page, address: product.base + new URL(address).pathname };
}

async function read(address) {
  const response = await fetch(address);
  assert.equal(response.status, 200);
  return response.text();
}

/** What ical.js understands. It objects to what it cannot parse. */
function byIcal(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  return calendar.getAllSubcomponents('vevent').map(part => {
    const event = new ICAL.Event(part);
    assert.equal(event.startDate.zone.tzid, 'UTC');
    return {
      uid: event.uid,
      start: event.startDate.toUnixTime(),
      end: event.endDate.toUnixTime(),
      status: part.getFirstPropertyValue('status'),
      sequence: event.sequence,
      summary: event.summary,
      location: event.location,
    };
  });
}

const FEEDS = [
  ['booker@example.org', 'own'],
  ['manager@example.org', 'site/hunter-street'],
];

for (const [email, of] of FEEDS) {
  describe(`the feed ${of}`, () => {
    test('keeps to the line ends and lengths of RFC 5545 and is understood by ical.js', async () => {
      const { page, address } = await withFeed(email, of);
      const text = await read(address);
      assert.ok(text.endsWith('\r\n') && !/[^\r]\n/.test(text), 'every line ends with CRLF');
      const long = text.split('\r\n').filter(line => 75 < Buffer.byteLength(line));
      assert.deepEqual(long, []);
      const events = byIcal(text);
      assert.ok(0 < events.length, 'the demo has sessions');
      assert.equal(new Set(events.map(event => event.uid)).size, events.length, 'each session has an identity of its own');
      await page.context().close();
    });

    test('is understood alike by two parsers in Python', { skip: hasParsers() ? false : 'python3-icalendar and python3-vobject are not installed' }, async () => {
      const { page, address } = await withFeed(email, of);
      const text = await read(address);
      const file = join(folder, 'feed.ics');
      writeFileSync(file, text);
      const understood = JSON.parse(execFileSync(PYTHON, [READER, file], { encoding: 'utf8', maxBuffer: 1 << 26 }));
      const own = byIcal(text);
      assert.deepEqual(understood.icalendar, own);
      assert.deepEqual(understood.vobject, own);
      await page.context().close();
    });
  });
}

const client = existsSync(SYNC) && existsSync(LIST);

test('a calendar client sees a booking, its new time and its end', { skip: client ? false : 'vdirsyncer and khal are not installed' }, async () => {
  const { page, address } = await withFeed('booker@example.org', 'own');
  const store = join(folder, 'store');
  mkdirSync(store, { recursive: true });
  writeFileSync(join(folder, 'sync.conf'), [
    '[general]', `status_path = "${join(folder, 'status')}/"`,
    '[pair feed]', 'a = "here"', 'b = "there"', 'collections = null', 'conflict_resolution = "b wins"',
    '[storage here]', 'type = "filesystem"', `path = "${store}/"`, 'fileext = ".ics"',
    '[storage there]', 'type = "http"', `url = "${address}"`, '',
  ].join('\n'));
  writeFileSync(join(folder, 'khal.conf'), [
    '[calendars]', '[[alcove]]', `path = ${store}`, 'readonly = True',
    '[locale]', 'timeformat = %H:%M', 'dateformat = %Y-%m-%d', 'longdateformat = %Y-%m-%d',
    'datetimeformat = %Y-%m-%d %H:%M', 'longdatetimeformat = %Y-%m-%d %H:%M',
    'local_timezone = Europe/London', 'default_timezone = Europe/London',
    '[sqlite]', `path = ${join(folder, 'khal.db')}`, '',
  ].join('\n'));
  const environment = { ...process.env, VDIRSYNCER_CONFIG: join(folder, 'sync.conf'), XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  const run = (program, ...words) => execFileSync(program, words, { env: environment, encoding: 'utf8', input: 'y\ny\n', stdio: ['pipe', 'pipe', 'pipe'] });
  run(SYNC, '-v', 'error', 'discover', 'feed');
  /** What the client shows of the sessions of that purpose, after it has asked again. */
  const shown = purpose => {
    run(SYNC, '-v', 'error', 'sync', '--force-delete', 'feed');
    const all = run(LIST, '-c', join(folder, 'khal.conf'), 'list', '--notstarted', '--format', '{start-date} {start-time} {end-time} {status} {title}', 'now', '60d');
    return all.split('\n').filter(line => line.includes(purpose));
  };
  const purpose = 'Calendar walk';
  assert.deepEqual(shown(purpose), []);
  const day = workingDay(12);
  await book(page, day, purpose);
  const [first, ...more] = shown(purpose);
  assert.deepEqual(more, []);
  assert.ok(first.startsWith(day), first);

  const booking = new URL(page.url()).pathname;
  await page.goto(`${booking}/change`);
  for (const field of ['#from', '#to']) {
    const later = await page.locator(`${field} option:checked + option`).getAttribute('value');
    await page.locator(field).selectOption(later);
  }
  await page.locator('form:has(#from) button').last().click();
  await page.locator('button[value=yes]').first().click();
  await page.waitForURL(/done=/);
  const [moved, ...others] = shown(purpose);
  assert.deepEqual(others, []);
  assert.notEqual(moved, first);

  await page.goto(`${new URL(page.url()).pathname}/cancel`);
  await page.getByRole('button', { name: /Cancel booking|Withdraw request/ }).click();
  await page.waitForURL(/done=/);
  const last = shown(purpose);
  assert.ok(last.every(line => /CANCELLED/i.test(line)), `${last}`);
  assert.equal(byIcal(await read(address)).filter(event => event.summary.includes(purpose) && event.status === 'CANCELLED').length, 1);
  await page.context().close();
});

/** The first working day so many days ahead or later. */
function workingDay(days) {
  const day = new Date(Date.now() + days * 86_400_000);
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

/** Books the first free time of a group room that can still be moved a step later, and stays on the booking. */
async function book(page, day, purpose) {
  await page.goto(`/find?kind=group&site=hunter-street&date=${day}`);
  await page.locator('main a.button').first().click();
  await page.waitForURL(/\/book/);
  const values = field => page.locator(`${field} option`).evaluateAll(options => options.map(option => Number(option.value)).filter(Boolean));
  const starts = await values('#from');
  // The half-hour after it is a start as well, so that the shortest session fits there too.
  const start = starts.find(at => starts.includes(at + 1800));
  await page.locator('#from').selectOption(String(start));
  await page.locator('#to').selectOption(String(Math.min(...(await values('#to')).filter(end => start + 3000 <= end))));
  await page.getByLabel('Purpose').fill(purpose);
  await page.getByLabel('How many people').fill('2');
  const everybody = page.getByLabel(/Everybody|Open|anyone/i).first();
  if (await everybody.count()) await everybody.check();
  const terms = page.locator('#terms');
  if (await terms.count()) await terms.check();
  await page.getByRole('button', { name: 'Check your booking' }).click();
  await page.getByRole('button', { name: /Book it|Send request/ }).click();
  await page.waitForURL(/\/bookings\/.*done=/);
}
