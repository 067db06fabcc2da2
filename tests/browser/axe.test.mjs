// Every page, as each kind of person sees it, at two widths, light and dark, and without scripts: nothing that axe, the
// console, the content security policy or a narrow screen objects to. What the pages do is tested elsewhere.
import { after, before, describe, test } from 'node:test';
import { checkPage, openBrowser, openWindow, signIn, startDemo } from './support.mjs';

/** Who looks, as the email to sign in with or null for a visitor, and at what. A new page is a new path here. */
const VISITS = [
  [null, ['/', '/sites', '/find?kind=group', '/sign-in', '/register', '/nowhere']],
];

const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];

const WAYS = {
  light: {},
  dark: { dark: true },
  'without scripts': { javaScript: false },
};

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

for (const [email, paths] of VISITS) {
  for (const size of SIZES) {
    for (const [name, way] of Object.entries(WAYS)) {
      describe(`${email ?? 'a visitor'}, ${size.width} wide, ${name}`, () => {
        let page;

        before(async () => {
          page = await openWindow(browser, product.base, { ...size, ...way });
          if (email) await signIn(page, email);
        });
        after(() => page?.context().close());

        for (const path of paths) test(path, () => checkPage(page, path));
      });
    }
  }
}
