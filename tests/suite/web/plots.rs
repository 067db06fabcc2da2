//! Plots over HTTP: from joining the line to a plot to giving it up, by account and by mailed link; nobody's name on a public page.

use crate::support::server::{Server, servers};
use crate::support::world::{add_facility, now};
use alcove::domain::kinds::Kind;
use alcove::domain::places::UnitChoice;
use alcove::domain::rendered::MailKind;
use alcove::domain::rules::Rules;

const PLOTS: &str = "/sites/hunter-street/plots/plots";
const MANAGE: &str = "/manage/sites/hunter-street/plots/plots";

/// Two plots.
fn marked_out(server: &Server) {
    let add = |conn: &mut _| {
        let names = ["Plot 1", "Plot 2"];
        add_facility(conn, server.world.site, "Plots", Kind::Allotment, &names, UnitChoice::Any, &Rules::ordinary());
        Ok(())
    };
    server.db.write_now(add).unwrap();
}

#[test]
fn from_joining_the_line_to_a_plot_to_giving_it_up() {
    for server in servers() {
        marked_out(&server);
        let (mary, wendy) = (server.signed_in(server.world.manager), server.signed_in(server.world.wren_booker));
        // Both plots go to people by contact, who have no account.
        for (plot, name) in [("1", "Hazel Figgis"), ("2", "Alun Prosser")] {
            let page = mary.get(&format!("{MANAGE}/{plot}")).must_be(200);
            let form = page.form("form#let").set("name", name);
            let form = form.set("contact", &format!("{}@plots.test", &name[..4].to_lowercase())).set("step", "let");
            let first = mary.submit(&form).must_be(303);
            let again = mary.submit(&form).must_be(303);
            assert!(first.location().unwrap().ends_with("done=plot-let"));
            assert!(again.location().unwrap().ends_with("done=sent-before"), "sent twice, let once");
        }
        // A visitor sees that both are let, and no name.
        let public = server.visitor().get(PLOTS).must_be(200);
        let words = public.text("main").unwrap();
        assert!(
            words.contains("2 plots, none to let") && !words.contains("Figgis") && !words.contains("Alun"),
            "{words}"
        );
        assert!(public.has("a[href^='/sign-in']") && !public.has("form[method=post]"));
        assert_eq!(server.visitor().get("/sites/hunter-street/plots").must_be(303).location(), Some(PLOTS));
        wendy.get("/sites/hunter-street/plots/book").must_be(404);
        let found = server.visitor().get("/find?kind=allotment").must_be(200);
        assert!(found.has(&format!("a[href='{PLOTS}']")));
        // Wendy joins for herself.
        let form = wendy.get(PLOTS).must_be(200).form("main form").set("wish", "any");
        let joined = wendy.submit(&form).must_be(303);
        let (path, code) = joined.location().unwrap().split_once('?').unwrap();
        assert_eq!(code, "done=line-joined");
        assert!(wendy.submit(&form).must_be(303).location().unwrap().ends_with("line-before"));
        let page = wendy.get(path).must_be(200);
        assert_eq!(page.text(".lead").as_deref(), Some("You are 1st of 1 in the line."));
        server.signed_in(server.world.robin_booker).get(path).must_be(404);
        // Hazel gives notice by the link in her mail, without signing in.
        let link = server.mailed_link("haze@plots.test");
        assert!(link.starts_with("/plots/link/"), "{link}");
        let hazel = server.visitor();
        let page = hazel.get(&link).must_be(200);
        assert!(page.h1().starts_with("Plot 1"));
        let wrong =
            hazel.submit(page.form("#notice-form").set("last_day", "2026-11-30").set("step", "notice")).must_be(422);
        assert_eq!(
            wrong.all_text(".error-summary a"),
            ["The last day can be Friday 18 December 2026 at the earliest".to_owned()]
        );
        hazel.submit(page.form("#notice-form").set("last_day", "2026-12-31").set("step", "notice")).must_be(303);
        assert!(hazel.get(&link).text(".lead").unwrap().contains("Thursday 31 December 2026"));
        // It is offered to Wendy at once; looking changes nothing.
        let offer = server.mailed_link("wendy@alcove.test");
        let visitor = server.visitor();
        visitor.get(&offer).must_be(200);
        assert!(visitor.get(&offer).must_be(200).has("button[value=take]"));
        let taken = wendy.submit(wendy.get(path).must_be(200).form("form:has([value=take])").set("step", "take"));
        let plot = taken.must_be(303).location().unwrap().split('?').next().unwrap().to_owned();
        let page = wendy.get(&plot).must_be(200);
        assert!(page.h1().starts_with("Plot 1") && page.text("main").unwrap().contains("1 January 2027"));
        let bookings = plot.replace("/plots/", "/bookings/");
        assert_eq!(wendy.get(&bookings).must_be(303).location(), Some(plot.as_str()));
        wendy.get(&format!("{bookings}/cancel")).must_be(404);
        assert!(wendy.get("/plots").must_be(200).has(&format!("a[href='{plot}']")));
        // One plot for each holder.
        let twice = wendy.submit(wendy.get(PLOTS).form("main form").set("wish", "any")).must_be(422);
        assert!(twice.all_text(".error-summary a")[0].contains("has one only"));
        assert!(server.visitor().get("/plots/link/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").status == 410);
    }
}

#[test]
fn a_manager_notes_keys_and_inspections_and_the_holder_sees_the_note() {
    for server in servers() {
        marked_out(&server);
        let mary = server.signed_in(server.world.manager);
        let path = format!("{MANAGE}/1");
        let form = mary
            .get(&path)
            .form("form#let")
            .set("name", "Wendy Wren")
            .set("contact", "wendy@alcove.test")
            .set("step", "let");
        mary.submit(form).must_be(303);
        let page = mary.get(&path).must_be(200);
        let wrong = mary
            .submit(page.form("form#key").set("step", "key").set("key_number", "").set("deposit", "lots"))
            .must_be(422);
        assert_eq!(wrong.all_text(".error-summary a").len(), 2);
        mary.submit(page.form("form#key").set("step", "key").set("key_number", "G01").set("deposit", "25"))
            .must_be(303);
        let note = "Clear the path edge";
        mary.submit(page.form("form#inspect").set("step", "inspect").set("found", "needs_work").set("note", note))
            .must_be(303);
        let facts = page
            .form("form#facts")
            .set("step", "save")
            .set("size", "2.5")
            .set("notes", "Step-free")
            .set("row", "1")
            .set("column", "2");
        mary.submit(facts).must_be(303);
        let page = mary.get(&path).must_be(200);
        assert_eq!(page.text("h1").as_deref(), Some("Plot 1 2.5 rods (63 m²)"));
        assert!(page.text("main").unwrap().contains("deposit £25"));
        let wendy = server.signed_in(server.world.wren_booker);
        let own = wendy.get("/plots").must_be(200).attr("main ul a[href^='/plots/']", "href").unwrap();
        let words = wendy.get(&own).must_be(200).text("main").unwrap();
        assert!(words.contains(note) && words.contains("G01") && words.contains("2.5 rods (63 m²)"), "{words}");
        mary.submit(page.form("form:has([value=key-back])").set("step", "key-back").set("returned", "20")).must_be(303);
        assert!(mary.get(&path).text("main").unwrap().contains("£20 returned"));
        // By the rules the site gives a year's notice; by agreement none.
        let end = |by: &str, day: &str| {
            mary.submit(page.form("form#notice").set("step", "notice").set("by", by).set("last_day", day))
        };
        assert_eq!(end("site", "2026-12-31").status, 422);
        end("agreed", "2026-12-31").must_be(303);
        assert!(server.mails_to("wendy@alcove.test").iter().any(|mail| mail.kind == MailKind::TenancyNotice));
        mary.submit(mary.get(&path).form("form#take-back").set("step", "take-back")).must_be(303);
        assert!(mary.get(MANAGE).must_be(200).text("main").unwrap().contains("Rolling"));
    }
}

#[test]
fn the_yearly_question_is_answered_with_one_click_and_managers_put_people_back() {
    for server in servers() {
        marked_out(&server);
        let mary = server.signed_in(server.world.manager);
        for (plot, name) in [("1", "hazel"), ("2", "alun")] {
            let form = mary.get(&format!("{MANAGE}/{plot}")).form("form#let").set("name", name);
            mary.submit(form.set("contact", &format!("{name}@plots.test")).set("step", "let")).must_be(303);
        }
        let join = |name: &str, contact: &str| {
            let form = mary.get(MANAGE).must_be(200).form("form#join").set("name", name).set("contact", contact);
            mary.submit(form.set("wish", "any").set("step", "join")).must_be(303);
        };
        join("Ada First", "ada@plots.test");
        join("Ben Second", "ben@plots.test");
        server.clock.set(now().plus_days(365));
        server.chores.run_once();
        let link = server.mailed_link("ben@plots.test");
        let ben = server.visitor();
        let page = ben.get(&link).must_be(200);
        assert!(page.text("h1").unwrap().starts_with("Waiting for a plot"));
        assert!(!page.text("main").unwrap().contains("Ada"), "nobody learns who else waits");
        ben.submit(page.form("form:has([value=yes])").set("step", "yes")).must_be(303);
        server.clock.set(now().plus_days(365 + 29));
        server.chores.run_once();
        assert!(server.mails_to("ada@plots.test").iter().any(|mail| mail.kind == MailKind::LineLapsed));
        assert_eq!(ben.get(&link).text(".lead").as_deref(), Some("You are 1st of 1 in the line."));
        // Sessions do not last that long.
        let mary = server.signed_in(server.world.manager);
        let form = mary.get(MANAGE).must_be(200).form("details form:has([value=back])").set("step", "back");
        mary.submit(&form).must_be(303);
        assert_eq!(ben.get(&link).text(".lead").as_deref(), Some("You are 2nd of 2 in the line."));
        assert_eq!(mary.submit(&form).status, 409, "they are back already");
    }
}

#[test]
fn pages_about_plots_take_few_queries() {
    for server in servers() {
        marked_out(&server);
        let mary = server.signed_in(server.world.manager);
        for path in [PLOTS, MANAGE, "/manage/sites/hunter-street/plots/plots/rules"] {
            let queries = server.queries(|| drop(mary.get(path).must_be(200)));
            assert!(queries <= 8, "{path} takes {queries} queries");
        }
    }
}
