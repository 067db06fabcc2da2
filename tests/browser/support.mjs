// What the browser tests share: the product under test, a browser, signing in, and one thorough look at a page.
// It knows no page by name but /sign-in; what a page has to say is for the tests.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

const BINARY = process.env.ALCOVE_BIN ?? fileURLToPath(new URL('../../target/debug/alcove', import.meta.url));
const CHROMIUM = '/usr/bin/chromium';
const CHROMIUM_OPTIONS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Pages whose own scripts are off.
const withoutScripts = new WeakSet();

/** Everybody in the demo world signs in with this. */
export const DEMO_PASSWORD = 'alcove demo world';

/**
 * Starts the demo on a free port and a database of its own. The first line on standard output is its address.
 * @returns {Promise<{base: string, stop: () => Promise<void>}>}
 */
export async function startDemo({ patience = 60_000 } = {}) {
  assert.ok(existsSync(BINARY), `no program at ${BINARY}: run cargo build, or set ALCOVE_BIN`);
  const folder = mkdtempSync(join(tmpdir(), 'alcove-browser-'));
  const environment = { ...process.env, ALCOVE_LISTEN: '127.0.0.1:0', DATABASE_URL: `sqlite://${join(folder, 'demo.db')}` };
  const program = spawn(BINARY, ['demo'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(program, 'close').catch(error => [String(error)]);
  let said = '';
  for (const stream of [program.stdout, program.stderr]) stream.on('data', data => { said = (said + data).slice(-4000); });

  const stop = async () => {
    program.kill('SIGTERM');
    const force = setTimeout(() => program.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(force);
    rmSync(folder, { recursive: true, force: true });
  };
  let deadline;
  const outcome = await Promise.race([
    once(createInterface({ input: program.stdout }), 'line').then(([line]) => line),
    ended.then(([code]) => `it ended with ${code}`),
    new Promise(resolve => { deadline = setTimeout(resolve, patience, `nothing in ${patience} ms`); }),
  ]);
  clearTimeout(deadline);
  const base = /http:\/\/[^\s/]+/.exec(outcome)?.[0];
  if (!base) {
    await stop();
    assert.fail(`${BINARY} demo gave no address but: ${outcome}\n${said}`);
  }
  const doorOf = () => /A door display: http:\/\/[^\s/]+(\/\S+)/.exec(said)?.[1];
  for (let tries = 0; !doorOf() && tries < 50; tries += 1) await new Promise(resolve => setTimeout(resolve, 100));
  return { base, door: doorOf(), stop };
}

/** Debian's Chromium. One is enough for a test file; people and sizes are kept apart by openWindow. */
export function openBrowser() {
  assert.ok(existsSync(CHROMIUM), `no browser at ${CHROMIUM}: install Debian's chromium`);
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: CHROMIUM_OPTIONS });
}

/**
 * A window with cookies of its own. Its pages take paths: `page.goto('/sites')`.
 * @returns {Promise<import('playwright-core').Page>} close it with `page.context().close()`
 */
export async function openWindow(browser, base, { width = 1280, height = 900, dark = false, javaScript = true } = {}) {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    // A colour in the middle of a change has a contrast that nobody chose.
    reducedMotion: 'reduce',
    javaScriptEnabled: javaScript,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  if (!javaScript) withoutScripts.add(page);
  return page;
}

/** Signs in through /sign-in, finding the fields by their type. */
export async function signIn(page, email, password = DEMO_PASSWORD) {
  await page.goto('/sign-in');
  const form = page.locator('form:has(input[type=password])').first();
  await form.locator('input[type=email], input[name*=mail]').first().fill(email);
  await form.locator('input[type=password]').fill(password);
  const send = form.locator('button:not([type=button])').last();
  await Promise.all([page.waitForEvent('load'), send.click()]);
  if (new URL(page.url()).pathname === '/sign-in') {
    assert.fail(`${email} could not sign in: ${(await page.locator('main').innerText()).slice(0, 300)}`);
  }
}

/**
 * Opens a path and asserts that the browser has nothing to complain of, that no other host is asked, that nothing
 * sticks out sideways, and that axe finds nothing. All faults are reported together.
 * @returns the response, so that a test can look at its status
 */
export async function checkPage(page, path) {
  const faults = [];
  const requested = [];
  const watch = {
    console: message => faults.push(...consoleFault(message, page.url())),
    pageerror: error => faults.push(`script: ${error}`),
    request: request => requested.push(request.url()),
  };
  for (const [event, listener] of Object.entries(watch)) page.on(event, listener);
  let response;
  try {
    response = await page.goto(path, { waitUntil: 'load' });
    faults.push(...await inspect(page));
    faults.push(...await htmlFaults(await response.text()));
  } finally {
    for (const [event, listener] of Object.entries(watch)) page.off(event, listener);
  }
  const home = new URL(requested[0]).origin;
  const elsewhere = requested.filter(url => !url.startsWith('data:') && new URL(url).origin !== home);
  faults.push(...elsewhere.map(url => `request elsewhere: ${url}`));
  if (0 < faults.length) assert.fail(`${path} (${response.status()}) has ${faults.length} faults:\n${faults.join('\n')}`);
  return response;
}

const validator = new HtmlValidate({ root: true, extends: ['html-validate:standard'], rules: { 'no-dup-id': 'error' } });

/** What the HTML standard objects to in a page as it was sent. */
async function htmlFaults(html) {
  const report = await validator.validateString(html);
  return report.results.flatMap(result => result.messages).map(fault => `html: ${fault.message} (line ${fault.line})`);
}

function consoleFault(message, address) {
  if (message.type() !== 'error') return [];
  const text = message.text();
  const { url } = message.location();
  // That a page such as /nowhere answers 404 is what it is for; the browser says so in the console all the same.
  if (url === address && text.startsWith('Failed to load resource: the server responded with a status of')) return [];
  const kind = text.includes('Content Security Policy') ? 'content security policy' : 'console';
  return [`${kind}: ${text} ${url}`];
}

// The questions go in by the debugger, because the strict content security policy rightly keeps a script element out.
async function inspect(page) {
  const session = await page.context().newCDPSession(page);
  const ask = async expression => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    assert.equal(exceptionDetails, undefined, `the page could not be asked: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  };
  if (withoutScripts.has(page)) await ask(`(${replaceTimers})()`);
  const faults = [...await ask(`(${overflow})()`), ...await ask(`${AXE};(${violations})(${JSON.stringify(RULES)})`)];
  await session.detach();
  return faults;
}

// Runs in a page whose scripts are off. The debugger may still ask there, but no timer ever fires, and axe waits for one
// between its steps. Long timers are axe's own deadlines, which must not pass at once.
function replaceTimers() {
  window.setTimeout = (step, delay = 0, ...values) => {
    if (delay < 100) Promise.resolve().then(() => step(...values));
    return 0;
  };
}

// Runs in the page.
function overflow() {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const sticksOut = element => clientWidth < element.getBoundingClientRect().right;
  const tags = [...document.body.querySelectorAll('*')].filter(sticksOut).slice(-3).map(element => element.outerHTML.slice(0, 80));
  return [`overflow: ${scrollWidth - clientWidth}px sideways, among others by ${tags.join(' ')}`];
}

// Runs in the page, after axe.
async function violations(rules) {
  const found = await axe.run(document, { runOnly: rules });
  const place = node => `\n    ${node.target.join(' ')}  ${node.html.slice(0, 120)}  ${node.any[0]?.message ?? ''}`;
  return found.violations.map(rule =>
    `axe: ${rule.id} (${rule.impact}, ${rule.nodes.length} times) ${rule.help}${rule.nodes.slice(0, 3).map(place).join('')}`);
}
