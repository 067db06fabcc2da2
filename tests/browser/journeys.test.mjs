// The main job as people do it in a browser, with scripts and without: find a room, ask, decide, read the mail.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openBrowser, openWindow, signIn, startDemo } from './support.mjs';

let product;
let browser;

before(async () => {
  product = await startDemo();
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await product?.stop();
});

/** The first working day so many days ahead or later, as a form carries it: some sites are closed at weekends. */
function ahead(days) {
  const day = new Date(Date.now() + days * 86_400_000);
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

/** Fills the booking form from what is free and goes on to the check page. */
async function fillAndCheck(page, purpose) {
  const from = page.locator('#from');
  if (!(await from.inputValue())) await from.selectOption({ index: 1 });
  const start = Number(await from.inputValue());
  const ends = await page.locator('#to option').evaluateAll(options => options.map(option => Number(option.value)));
  const shortest = ends.filter(end => start < end && 3600 <= end - start + 1800).sort((a, b) => a - b);
  await page.locator('#to').selectOption(String(shortest[0]));
  await page.getByLabel('Purpose').fill(purpose);
  await page.getByLabel('How many people').fill('2');
  const terms = page.locator('#terms');
  if (await terms.count()) await terms.check();
  await page.getByRole('button', { name: 'Check your booking' }).click();
  await page.getByRole('heading', { name: 'Check your booking' }).waitFor();
}

for (const javaScript of [true, false]) {
  describe(javaScript ? 'with scripts' : 'without scripts', () => {
    test('a booker finds a counselling room, is led through signing in, books it and cancels it', async () => {
      const page = await openWindow(browser, product.base, { width: 390, height: 844, javaScript });
      await page.goto(`${product.base}/find?kind=counselling&site=hunter-street&date=${ahead(9)}`);
      await page.locator('main a.button').first().click();
      await page.waitForURL(/\/sign-in/);
      const form = page.locator('form:has(input[type=password])').first();
      await form.locator('input[type=email]').first().fill('booker@example.org');
      await form.locator('input[type=password]').fill('alcove demo world');
      await form.locator('button').last().click();
      await page.waitForURL(/\/book/);
      await fillAndCheck(page, 'Listening hour');
      await page.getByRole('button', { name: /Book it|Send request/ }).click();
      await page.waitForURL(/\/bookings\/.*done=/);
      assert.match(await page.locator('h1').innerText(), /Listening hour/);
      await page.getByRole('link', { name: /Cancel|Withdraw/ }).click();
      await page.getByRole('button', { name: /Cancel booking|Withdraw request/ }).click();
      await page.getByText(/Cancelled\. The place is free again|Withdrawn\. The site is told/).waitFor();
      await page.context().close();
    });

    test('a room is asked for where one is not trusted, the manager approves, and the mail with its calendar entry is there', async () => {
      const booker = await openWindow(browser, product.base, { width: 1280, height: 900, javaScript });
      await signIn(booker, 'booker@example.org');
      await booker.goto(`${product.base}/sites/axminster/yarrow/book?date=${ahead(javaScript ? 10 : 14)}`);
      await fillAndCheck(booker, 'Listening hour by the sea');
      await booker.getByRole('button', { name: 'Send request' }).click();
      await booker.waitForURL(/\/bookings\/.*done=requested/);
      const reference = /bookings\/([A-Z0-9-]+)/.exec(booker.url())[1];
      const manager = await openWindow(browser, product.base, { width: 390, height: 844, javaScript });
      await signIn(manager, 'axminster@example.org');
      await manager.goto(`${product.base}/requests/${reference}`);
      await manager.getByRole('button', { name: 'Approve', exact: true }).click();
      await manager.getByText('Approved. We will email the booker.').waitFor();
      await booker.goto(`${product.base}/demo/mail`);
      const mail = booker.locator('details', { hasText: `Your booking ${reference} is confirmed` });
      await mail.locator('summary').click();
      assert.match(await mail.innerText(), /METHOD:REQUEST/);
      await Promise.all([booker.context().close(), manager.context().close()]);
    });
  });
}

test('a page about private sessions is left at once, by its control or by Shift three times, and the way back does not lead to it', async () => {
  const page = await openWindow(browser, product.base, { width: 390, height: 844, javaScript: true });
  await page.route('https://www.bbc.co.uk/**', route => route.fulfill({ contentType: 'text/html', body: '<title>Weather</title>' }));
  for (const leave of [() => page.locator('[data-exit]').click(), () => pressShift(page, 3)]) {
    await page.goto(`${product.base}/sites`);
    await page.goto(`${product.base}/sites/hunter-street/cedar`);
    await leave();
    await page.waitForURL('https://www.bbc.co.uk/weather');
    await page.goBack();
    assert.equal(new URL(page.url()).pathname, '/sites');
  }
  await page.goto(`${product.base}/sites/hunter-street/cedar`);
  await pressShift(page, 2);
  await page.keyboard.press('a');
  await pressShift(page, 1);
  assert.equal(new URL(page.url()).pathname, '/sites/hunter-street/cedar');
});

async function pressShift(page, times) {
  for (let i = 0; i < times; i += 1) await page.keyboard.press('Shift');
}

test('dragging along free cells fills the form with the longer time', async () => {
  const page = await openWindow(browser, product.base, { width: 1280, height: 900 });
  await signIn(page, 'manager@example.org');
  await page.goto(`${product.base}/sites/hunter-street/schedule?date=${ahead(9)}`);
  // Two free cells that touch: what stands free in a room depends on the weekday the demo is started on.
  const first = page.locator('td[data-from]:has(+ td[data-from])').first();
  const second = first.locator('xpath=following-sibling::td[1]');
  await first.scrollIntoViewIfNeeded();
  const to = await second.getAttribute('data-to');
  const [a, b] = [await first.boundingBox(), await second.boundingBox()];
  await page.mouse.move(a.x + a.width / 2, a.y + a.height / 2);
  await page.mouse.down();
  await page.mouse.move(b.x + b.width / 2, b.y + b.height / 2, { steps: 5 });
  await page.mouse.up();
  await page.waitForURL(/\/book\?.*to=/);
  assert.ok(page.url().includes(encodeURIComponent(to)));
  await page.context().close();
});
