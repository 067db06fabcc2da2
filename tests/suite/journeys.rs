//! The product's main job from end to end: a charity finds a room and asks, the manager approves, the confirmation goes out by mail.

use std::time::Duration;

use crate::support::server::servers_with_mail;
use crate::support::smtp::SmtpSink;
use crate::support::world::PASSWORD;

#[test]
fn from_the_search_to_the_mail_in_the_bookers_calendar() {
    let sink = SmtpSink::start(Vec::new());
    let mut mails = 0;
    for server in servers_with_mail(&sink.url()) {
        let booker = server.visitor();
        let results = booker.get("/").must_be(200).form("main form");
        let results = results
            .choose("kind", "Counselling rooms")
            .set("date", "2026-11-24")
            .choose("from", "10am")
            .choose("to", "11am");
        let found = booker.submit(results).must_be(200);
        let book = found.attr("a.button", "href").unwrap();
        let sign_in = booker.follow(booker.get(&book).must_be(303)).must_be(200);
        let form =
            sign_in.form("form:has(input[type=password])").set("email", "wendy@alcove.test").set("password", PASSWORD);
        let form = if form.value("with").is_some() { form } else { form.add("with", "password") };
        let page = booker.follow(booker.submit(form).must_be(303)).must_be(200);
        assert!(page.h1().starts_with("Book Cedar"), "{}", page.h1());
        let form =
            page.form("form[method=post]").set("purpose", "Support group").set("people", "2").set("step", "check");
        let check = booker.submit(form).must_be(200);
        let done =
            booker.follow(booker.submit(check.form("form[method=post]").set("step", "yes")).must_be(303)).must_be(200);
        assert_eq!(done.text(".state").as_deref(), Some("Requested"));
        server.chores.run_once();
        let asked = sink.wait_for(mails + 2, Duration::from_secs(10));
        let link = asked.iter().rev().find(|mail| mail.to == ["manager@alcove.test"]).unwrap().text().unwrap();
        let path = link
            .lines()
            .find_map(|line| line.split_once("/requests/").map(|(_, end)| format!("/requests/{end}")))
            .unwrap();
        let manager = server.signed_in(server.world.manager);
        let decide = manager.get(path.trim()).must_be(200).form("form[method=post]").set("decision", "approve");
        manager.submit(decide).must_be(303);
        server.chores.run_once();
        let last = sink.wait_for(mails + 3, Duration::from_secs(10)).pop().unwrap();
        assert_eq!(last.to, ["wendy@alcove.test"]);
        assert!(last.header("Subject").unwrap().ends_with("is confirmed"));
        assert!(last.calendar().unwrap().contains("DTSTART:20261124T100000Z"));
        mails += 3;
    }
}
