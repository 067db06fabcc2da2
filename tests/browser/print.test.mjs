// What people print is one sheet of A4: the week of a room, the day sheet of a site, the week of a rota.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

/** How many sheets a page takes. */
async function sheets(page, path) {
  const response = await page.goto(path);
  assert.equal(response.status(), 200, path);
  const pdf = await page.pdf({ format: 'A4', preferCSSPageSize: true });
  return pdf.toString('latin1').match(/\/Type\s*\/Page[^s]/g).length;
}

for (const [email, paths] of [
  ['reception@example.org', ['/sites/hunter-street/reception', '/sites/hunter-street/cedar', '/sites/hunter-street/evacuation']],
  ['coordinator@example.org', ['/rota']],
  ['volunteer@example.org', ['/today']],
]) {
  test(`${email} prints ${paths.join(', ')} on one sheet each`, async () => {
    const page = await openWindow(browser, product.base);
    await signIn(page, email);
    for (const path of paths) assert.equal(await sheets(page, path), 1, path);
    await page.context().close();
  });
}
