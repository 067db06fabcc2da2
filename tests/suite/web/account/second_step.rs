//! The second step: setting it up, the code at the door, recovery codes, turning it off, and where managers must have one.

use super::{is_signed_in, sign_in, signed_in};
use crate::support::browser::{Browser, Form, Page};
use crate::support::server::{Server, servers};
use crate::support::world::PASSWORD;
use alcove::domain::history::EventKind;
use alcove::domain::second_step;
use alcove::store::{events, second_factor};

const WENDY: &str = "wendy@alcove.test";
const STEP: &str = "/account/second-step";

/// The code that the app of this secret shows now.
fn code(server: &Server, secret: &str) -> String {
    second_step::shown(secret, server.clock.now()).unwrap()
}

/// A code that no step near by has.
fn wrong_code(server: &Server, secret: &str) -> String {
    let near: Vec<String> = (-2..3)
        .filter_map(|steps| second_step::shown(secret, server.clock.now().plus_minutes(0).plus_minutes(steps)))
        .collect();
    (0..10).map(|digit| digit.to_string().repeat(6)).find(|code| !near.contains(code)).unwrap()
}

fn later(server: &Server) {
    server.clock.set(server.clock.now().plus_minutes(1));
}

/// Sets a second step up in this browser; gives its secret and the recovery codes.
fn set_up(server: &Server, browser: &Browser) -> (String, Vec<String>) {
    let form = browser.get(STEP).must_be(200).form("main form").set("password", PASSWORD);
    let page = browser.follow(browser.submit(form).must_be(303));
    let secret = page.text("aside b").unwrap().replace(' ', "");
    assert!(page.has("svg path"), "a code to scan");
    let form = page.form("main form").set("code", &code(server, &secret));
    let page = browser.submit(form).must_be(200);
    (secret, page.all_text("#codes li"))
}

/// Signs in by password as far as the page that asks for the code.
fn to_the_code(server: &Server) -> (Browser, Page) {
    let browser = server.visitor();
    let page = browser.follow(sign_in(&browser, WENDY, PASSWORD).must_be(303));
    assert_eq!(page.h1(), "Enter your code");
    (browser, page)
}

fn enter(browser: &Browser, page: &Page, code: &str) -> Page {
    browser.submit(Form::from(page).set("code", code))
}

fn history(server: &Server) -> Vec<EventKind> {
    let person = server.person(WENDY);
    let lines = server.db.read_now(|conn| events::of_account(conn, person, &EventKind::OF_ACCOUNT, 50)).unwrap();
    lines.into_iter().map(|(_, kind)| kind).collect()
}

#[test]
fn it_is_set_up_with_password_and_code_and_asked_for_at_the_door() {
    for server in servers() {
        let browser = signed_in(&server, WENDY);
        let form = browser.get(STEP).must_be(200).form("main form");
        let page = browser.submit(form.clone().set("password", "not her password")).must_be(422);
        assert!(page.title().starts_with("Error: ") && !page.body.contains("not her password"));
        let page = browser.follow(browser.submit(form.set("password", PASSWORD)).must_be(303));
        let secret = page.text("aside b").unwrap().replace(' ', "");
        let confirm = page.form("main form");
        browser.submit(confirm.clone().set("code", &wrong_code(&server, &secret))).must_be(422);
        // It does not count before its first right code.
        assert!(is_signed_in(&signed_in(&server, WENDY)));
        let page = browser.submit(confirm.set("code", &code(&server, &secret))).must_be(200);
        assert_eq!(page.all_text("#codes li").len(), 10);
        assert_eq!(page.header("cache-control"), Some("no-store"));
        // The secret never leaves again.
        assert!(!browser.get(STEP).body.replace(' ', "").contains(&secret));
        assert!(browser.get(STEP).text("h1").unwrap().contains("is on"));

        let (other, page) = to_the_code(&server);
        assert!(!is_signed_in(&other), "half a sign-in opens nothing");
        for path in ["/account", "/bookings", "/organisations/wren-support", STEP] {
            other.get(path).must_be(303);
        }
        // The code that turned it on is used up.
        let replayed = enter(&other, &page, &code(&server, &secret)).must_be(422);
        assert!(replayed.text(".error-summary").unwrap().contains("has been used"));
        later(&server);
        enter(&other, &page, &code(&server, &secret)).must_be(303);
        assert!(is_signed_in(&other) && other.cookie("alcove-half").is_none());
        let kinds = history(&server);
        for kind in [EventKind::SecondStepOn, EventKind::CodeWrong, EventKind::CodeReplayed] {
            assert!(kinds.contains(&kind), "{kind:?} in {kinds:?}");
        }
        assert_eq!(server.mails_to(WENDY).first().unwrap().subject, "Your second step is on");
    }
}

#[test]
fn a_code_is_right_one_step_early_and_late_and_once() {
    for server in servers() {
        let (secret, _) = set_up(&server, &signed_in(&server, WENDY));
        server.clock.set(server.clock.now().plus_minutes(10));
        let (browser, page) = to_the_code(&server);
        let now = server.clock.now();
        let at = |seconds: i64| {
            second_step::shown(&secret, alcove::domain::span::Instant::from_seconds(now.seconds() + seconds)).unwrap()
        };
        enter(&browser, &page, &at(-60)).must_be(422);
        enter(&browser, &page, &at(60)).must_be(422);
        enter(&browser, &page, &at(30)).must_be(303);
        // The step after was used, so that the one now is not taken any more.
        let (browser, page) = to_the_code(&server);
        let refused = enter(&browser, &page, &at(0)).must_be(422);
        assert!(refused.text(".error-summary").unwrap().contains("has been used"));
    }
}

#[test]
fn half_a_sign_in_ends_after_ten_minutes_and_can_be_given_up() {
    for server in servers() {
        let (secret, _) = set_up(&server, &signed_in(&server, WENDY));
        let (browser, page) = to_the_code(&server);
        server.clock.set(server.clock.now().plus_minutes(10));
        let page = enter(&browser, &page, &code(&server, &secret)).must_be(303);
        assert!(page.location().unwrap().starts_with("/sign-in?next="));
        assert!(!is_signed_in(&browser));
        let (browser, page) = to_the_code(&server);
        let form = Form::from(&page).choose("with", "Start again");
        assert_eq!(browser.submit(form).must_be(303).location(), Some("/sign-in"));
        assert_eq!(enter(&browser, &page, &code(&server, &secret)).must_be(303).location(), Some("/sign-in"));
        assert_eq!(browser.get("/sign-in/code").must_be(303).location(), Some("/sign-in"));
        // It is nothing that the list of sessions shows.
        to_the_code(&server);
        let (signed, page) = to_the_code(&server);
        enter(&signed, &page, &code(&server, &secret)).must_be(303);
        let lines = signed.get("/account").all_text("form[action='/account/sessions/end']");
        assert_eq!(lines.len(), 1, "the one that set it up: {lines:?}");
    }
}

#[test]
fn a_mailed_link_and_a_new_password_ask_for_the_code_too() {
    for server in servers() {
        let (secret, _) = set_up(&server, &signed_in(&server, WENDY));
        let browser = server.visitor();
        let form = Form::from(browser.get("/sign-in?next=/organisations")).set("email", WENDY);
        browser.submit(form.choose("", "Email me a sign-in link")).must_be(200);
        let page = browser.follow(browser.submit(browser.get(&server.mailed_link(WENDY))).must_be(303));
        assert_eq!(page.h1(), "Enter your code");
        assert!(!is_signed_in(&browser));
        later(&server);
        let page = enter(&browser, &page, &code(&server, &secret)).must_be(303);
        assert_eq!(page.location(), Some("/organisations"));

        let browser = server.visitor();
        browser.submit(Form::from(browser.get("/forgotten-password")).set("email", WENDY)).must_be(200);
        let form = Form::from(browser.get(&server.mailed_link(WENDY))).set("password", "quiet otter umbrella");
        let page = browser.follow(browser.submit(form).must_be(303));
        assert_eq!(page.h1(), "Enter your code");
        assert!(!is_signed_in(&browser));
    }
}

#[test]
fn each_recovery_code_works_once_and_new_ones_end_the_old() {
    for server in servers() {
        let owner = signed_in(&server, WENDY);
        let (secret, codes) = set_up(&server, &owner);
        let (browser, page) = to_the_code(&server);
        enter(&browser, &page, &codes[0].to_uppercase().replace('-', " ")).must_be(303);
        assert!(is_signed_in(&browser));
        let alert = &server.mails_to(WENDY)[0];
        assert!(alert.subject.contains("recovery code was used") && alert.text.contains("9 codes are left"));
        let (browser, page) = to_the_code(&server);
        enter(&browser, &page, &codes[0]).must_be(422);
        assert!(history(&server).contains(&EventKind::CodeReplayed));
        // Nobody else's do.
        let rob = server.person("rob@alcove.test");
        assert_eq!(server.db.read_now(|conn| second_factor::codes_left(conn, rob)).unwrap(), 0);
        later(&server);
        let form = owner.get(STEP).form("#codes-form").set("password", PASSWORD);
        owner.submit(form.clone().set("code", "123")).must_be(422);
        let page = owner.submit(form.set("code", &code(&server, &secret))).must_be(200);
        let new = page.all_text("#codes li");
        assert!(new.len() == 10 && new.iter().all(|one| !codes.contains(one)));
        enter(&browser, &to_the_code(&server).1, &codes[1]);
        let (browser, page) = to_the_code(&server);
        enter(&browser, &page, &codes[2]).must_be(422);
        enter(&browser, &page, &new[3]).must_be(303);
    }
}

#[test]
fn it_is_turned_off_with_password_and_code_and_the_owner_is_told() {
    for server in servers() {
        let owner = signed_in(&server, WENDY);
        let (secret, codes) = set_up(&server, &owner);
        later(&server);
        let form = owner.get(STEP).form("#off-form").set("off_password", PASSWORD);
        owner.submit(form.clone().set("off_code", &wrong_code(&server, &secret))).must_be(422);
        owner.submit(form.clone().set("off_password", "not hers").set("off_code", &codes[0])).must_be(422);
        owner.submit(form.set("off_code", &code(&server, &secret))).must_be(303);
        assert_eq!(server.mails_to(WENDY)[0].subject, "Your second step is off");
        assert!(is_signed_in(&signed_in(&server, WENDY)));
        assert!(history(&server).contains(&EventKind::SecondStepOff));
    }
}

#[test]
fn wrong_codes_are_paused_and_those_after_a_password_keep_nobody_out_who_has_a_mailed_link() {
    for server in servers() {
        let (secret, _) = set_up(&server, &signed_in(&server, WENDY));
        later(&server);
        let wrong = wrong_code(&server, &secret);
        for _ in 0..5 {
            let (thief, page) = to_the_code(&server);
            enter(&thief, &page, &wrong).must_be(422);
        }
        let (browser, page) = to_the_code(&server);
        let paused = enter(&browser, &page, &code(&server, &secret)).must_be(429);
        assert_eq!(paused.header("retry-after"), Some("900"));
        assert!(paused.title().starts_with("Error: ") && history(&server).contains(&EventKind::SignInPaused));
        let owner = server.visitor();
        let form = Form::from(owner.get("/sign-in")).set("email", WENDY);
        owner.submit(form.choose("", "Email me a sign-in link")).must_be(200);
        let page = owner.follow(owner.submit(owner.get(&server.mailed_link(WENDY))).must_be(303));
        enter(&owner, &page, &code(&server, &secret)).must_be(303);
        assert!(is_signed_in(&owner));
        server.clock.set(server.clock.now().plus_minutes(15));
        let (browser, page) = to_the_code(&server);
        enter(&browser, &page, &code(&server, &secret)).must_be(303);
    }
}

/// Ticks or unticks on the form of the site that its managers must use a second step.
fn want_at_the_site(server: &Server, browser: &Browser, wanted: bool) {
    let form = browser.get("/manage/sites/hunter-street").must_be(200).form("form[novalidate]");
    let form = if wanted { form.set("second_step", "yes") } else { form.unset("second_step") };
    browser.submit(form).must_be(303);
    assert_eq!(
        server.db.read_now(|conn| second_factor::wanted_at(conn, server.world.site)).unwrap(),
        wanted,
        "the setting is kept"
    );
}

#[test]
fn where_a_site_wants_it_its_managers_set_it_up_before_anything_opens() {
    for server in servers() {
        let manager = signed_in(&server, "manager@alcove.test");
        want_at_the_site(&server, &manager, true);
        for path in ["/manage", "/requests", "/manage/sites/hunter-street", "/manage/sites/hunter-street/staff"] {
            assert_eq!(manager.get(path).must_be(303).location(), Some(STEP), "{path}");
        }
        // What they sent from a page that was open is not done either.
        let csrf = manager.get("/account").attr("input[name=csrf]", "value").unwrap();
        let fields = [("csrf", csrf.as_str()), ("email", "wendy@alcove.test"), ("role", "manager"), ("step", "add")];
        assert_eq!(manager.post("/manage/sites/hunter-street/staff", &fields).must_be(303).location(), Some(STEP));
        let page = manager.get(STEP).must_be(200);
        let notice = page.text(".notice").unwrap();
        assert!(notice.contains("Hunter Street Medical Centre") && notice.contains("It is asked of"), "{notice}");
        // Meanwhile they do what reception does, and others are not concerned.
        manager.get("/sites/hunter-street/reception").must_be(200);
        signed_in(&server, "reception@alcove.test").get("/sites/hunter-street/reception").must_be(200);
        server.signed_in(server.person("admin@alcove.test")).get("/manage").must_be(200);
        set_up(&server, &manager);
        for path in ["/manage", "/requests", "/manage/sites/hunter-street"] {
            manager.get(path).must_be(200);
        }
        want_at_the_site(&server, &manager, false);
    }
}

#[test]
fn administrators_may_have_to_use_one_and_take_a_lost_one_away() {
    for server in servers() {
        let wendy = signed_in(&server, WENDY);
        set_up(&server, &wendy);
        let admin = signed_in(&server, "admin@alcove.test");
        let page = admin.get("/manage/settings").must_be(200);
        let form = page.form("#lost");
        admin.submit(form.clone().set("email", "rob@alcove.test")).must_be(422);
        admin.submit(form.set("email", WENDY)).must_be(303);
        assert!(!is_signed_in(&wendy), "signed out everywhere");
        assert_eq!(server.mails_to(WENDY)[0].subject, "Your second step was removed");
        assert!(history(&server).contains(&EventKind::SecondStepReset));
        assert!(is_signed_in(&signed_in(&server, WENDY)));

        let form = admin.get("/manage/settings").form("#settings");
        admin.submit(form.clone().set("months", "1")).must_be(422);
        admin.submit(form.set("second_step", "yes").set("months", "6")).must_be(303);
        assert_eq!(admin.get("/manage/settings").must_be(303).location(), Some(STEP));
        assert!(admin.get(STEP).text(".notice").unwrap().contains("administrators"));
        set_up(&server, &admin);
        let form = admin.get("/manage/settings").must_be(200).form("#settings");
        assert_eq!(form.value("months"), Some("6"));
        signed_in(&server, "manager@alcove.test").get("/manage").must_be(200);
    }
}
