// Every page, as each kind of person sees it, at two widths, light and dark, and without scripts: nothing that axe, the
// console, the content security policy or a narrow screen objects to. What the pages do is tested elsewhere.
import { after, before, describe, test } from 'node:test';
import { checkPage, openBrowser, openWindow, signIn, startDemo } from './support.mjs';

/** Who looks, as the email to sign in with or null for a visitor, and at what. A new page is a new path here. */
const VISITS = [
  [null, [
    '/', '/sites', '/sites/hunter-street', '/sites/hunter-street/schedule', `/sites/hunter-street/schedule?date=${tomorrow()}`,
    '/sites/hunter-street/alder', '/sites/axminster/kitchen', '/find?kind=group', `/find?kind=counselling&date=${tomorrow()}&from=10:00&to=11:00`,
    '/whats-on', '/sites/tidewell-house/cafe/open', '/sites/tallow-street/baby-bank/donate', '/find?kind=cafe',
    '/find?date=nonsense', '/sign-in', '/register', '/forgotten-password', '/help', '/privacy', '/accessibility', '/demo/mail', '/nowhere', '/sites/foxholm/plots/plots', '/find?kind=allotment',
    { toString: () => 'the screen beside a door', door: true },
  ]],
  ['booker@example.org', [
    '/bookings', '/bookings?show=past', `/sites/hunter-street/cedar/book?date=${tomorrow()}`, '/sites/hunter-street/cedar/import', `/sites/axminster/kitchen/book?date=${tomorrow()}`,
    `/sites/hunter-street/schedule?date=${tomorrow()}`, '/account', '/account/second-step', '/organisations/lanternwick/leave', '/account/calendars', '/account/calendars?site=hunter-street&facility=cedar', '/organisations', '/organisations/apply', '/waiting',
    found('/bookings', 'Evening peer group'), found('/bookings', 'Evening peer group', '/change'), found('/bookings', 'Evening peer group', '/more'),
    found('/bookings', 'Evening peer group', '/cancel'),
    found('/bookings', 'Relaxation class'), found('/bookings', 'Relaxation class', '/needed'), found('/bookings', 'Listening skills course'),
    found('/bookings', 'Listening skills course', '/more?times=10'),
    found('/bookings', 'Late support session'), `/sites/hunter-street/hazel/book?date=${tomorrow()}&from=10:00&to=10:50`,
    found('/bookings', 'Relaxation class', '/share'), found('/bookings', 'English conversation'),
  ]],
  ['manager@example.org', [
    '/requests', found('/requests', 'Welcome evening'), found('/requests', 'Evening one to one'), found('/requests', 'Sewing circle'), found('/requests', 'Sewing circle', '/exchange'),
    '/manage', '/manage/mail', '/manage/organisations', '/manage/import', '/manage/export', `/sites/hunter-street/schedule?date=${tomorrow()}`,
    '/manage/sites/hunter-street', '/manage/sites/hunter-street/hours', '/manage/sites/hunter-street/staff', '/manage/sites/hunter-street/closures', '/manage/sites/hunter-street/waiting', '/manage/sites/hunter-street/notices', '/manage/sites/hunter-street/faults', found('/manage/sites/hunter-street/faults', 'Heating or air'),
    '/manage/sites/hunter-street/extras', '/manage/sites/hunter-street/extras/projector', '/manage/sites/hunter-street/closing', '/sites/hunter-street/closing', `/sites/hunter-street/maple/book?date=${tomorrow()}`, '/manage/sites/hunter-street/facilities/new', '/manage/sites/hunter-street/cedar', '/manage/sites/hunter-street/cedar/rules',
    '/manage/sites/hunter-street/doors', '/manage/sites/hunter-street/cedar/care', '/sites/hunter-street/attendance',
    '/manage/sites/hunter-street/rates', '/manage/sites/hunter-street/cedar/rates', '/organisations/copperleaf/statement',
    '/manage/reports', '/manage/sites/hunter-street/reports', '/manage/sites/hunter-street/reports?view=people', '/manage/sites/hunter-street/reports?view=value', '/manage/sites/hunter-street/reports?view=compare', '/manage/sites/hunter-street/reports?from=2026-02-30&to=soon',
  ]],
  ['coordinator@example.org', ['/organisations/lanternwick/statement', '/organisations/lanternwick/services', '/organisations/lanternwick', '/organisations/lanternwick/attendance', '/organisations/lanternwick/people', '/organisations/lanternwick/reports', '/organisations/lanternwick/reports?view=value',
    '/rota', swapped(found('/bookings', 'Evening peer group'), '/bookings/', '/rota/'), swapped(found('/bookings', 'Evening peer group'), '/bookings/', '/today/help/')]],
  ['allotments@example.org', [
    '/sites/foxholm/plots/plots', '/manage/sites/foxholm/plots/plots', '/manage/sites/foxholm/plots/plots/rules', '/manage/sites/foxholm/plots/plots/7', '/manage/sites/foxholm/plots/plots/9',
  ]],
  ['volunteer@example.org', ['/today', '/account/availability', '/plots', found('/plots', 'A plot')]],
  ['bhavna.solanki@example.org', [
    '/manage/sites/weavers-green/sessions', '/manage/sites/weavers-green/consulting-1/rules', `/sites/weavers-green/consulting-1/book?date=${tomorrow()}`,
  ]],
  ['reception@example.org', [
    '/sites/hunter-street/reception', `/sites/hunter-street/reception?date=${tomorrow()}`, '/sites/hunter-street/evacuation', '/sites/hunter-street/keys', '/manage/sites/hunter-street/to-read',
    '/bookings', '/bookings?reference=7K2M-94QT', `/sites/hunter-street/cedar/book?date=${tomorrow()}`, `/sites/hunter-street/schedule?date=${tomorrow()}`,
    found('/bookings', 'Talk about a new choir'), found('/bookings', 'Talk about a new choir', '/change'), found('/bookings', 'Talk about a new choir', '/cancel'),
  ]],
  ['referrer@example.org', ['/sites/tallow-street/baby-bank/collect', '/sites/tallow-street/baby-bank/collections']],
  ['harjinder.bassi@example.org', ['/sites/tallow-street/baby-bank/donations', '/manage/sites/tallow-street/baby-bank/streams']],
  ['callum.tranter@example.org', ['/sites/tidewell-house/cafe/openers', '/manage/sites/tidewell-house/cafe/openers', '/manage/sites/tidewell-house/cafe/drop-ins']],
  ['admin@example.org', [
    '/manage', '/manage/organisations', '/manage/sites/new', '/manage/mail', '/manage/history', '/manage/history?from=nonsense', '/manage/people', found('/manage/people', 'a'), '/manage/retention', '/manage/settings', '/manage/statements',
    '/account/history', '/account/data', '/account/erase', '/privacy',
  ]],
];

/** The page behind the first link of these words on a list, and what belongs to it: its address is drawn anew for each demo. */
function found(list, words, rest = '') {
  return { list, words, rest, toString: () => `${words}${rest}` };
}

/** Another page about the same thing. */
function swapped(path, from, to) {
  return { ...path, swap: [from, to], toString: () => `${to}${path.words}` };
}

async function address(page, path) {
  if (typeof path === 'string') return path;
  if (path.door) return product.door;
  await page.goto(new URL(path.list, product.base).href);
  const link = page.locator('main a', { hasText: path.words }).first();
  const href = (await link.getAttribute('href')).split('#')[0] + path.rest;
  return path.swap ? href.replace(...path.swap) : href;
}

/** A date on which the demo has bookings, whatever day it is started. */
function tomorrow() {
  return new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
}

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

        // Without scripts a screen beside a door loads itself anew each minute, which axe refuses everywhere; nobody reads on it as on a page.
        const shown = paths.filter(path => !(path.door && way.javaScript === false));
        for (const path of shown) test(String(path), async () => checkPage(page, await address(page, path)));
      });
    }
  }
}
