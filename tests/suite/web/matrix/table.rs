//! The table: every route, what each role gets there, and what a form carries. Not how it is checked.
//!
//! The letters of a row stand for the roles in the order of [`Role::ALL`]: visitor; a person without rights, a volunteer, a booker and a
//! coordinator of the organisation, a coordinator of another; a receptionist and a manager of the site, a manager of another; an administrator.
//!
//! | letter | answer |
//! |---|---|
//! | `p` | a page, 200 |
//! | `d` | done, 303 to another page |
//! | `s` | 303 to the sign-in page, which leads back |
//! | `n` | not there, 404 |
//! | `f` | the form again with what is wrong, 422 |
//! | `c` | not as things stand, 409 |
//! | `g` | a link that opens nothing, 410 |

use super::cast::Role;

/// One route.
pub struct Row {
    pub method: &'static str,
    pub pattern: &'static str,
    letters: &'static str,
    pub form: Form,
}

/// What is sent with it.
#[derive(Clone, Copy)]
pub enum Form {
    Nothing,
    /// These fields.
    Fields(&'static str),
    /// The fields of a form that an administrator sees: the page's pattern, the form, and fields in place of those there.
    Page(&'static str, &'static str, &'static str),
}

impl Row {
    /// What a role gets, with everything in the path as it should be.
    pub fn letter(&self, role: Role) -> char {
        let letters: Vec<char> = self.letters.chars().filter(|letter| *letter != ' ').collect();
        assert!(letters.len() == Role::ALL.len(), "{} {} has not one letter a role", self.method, self.pattern);
        Role::ALL.into_iter().zip(letters).find(|(one, _)| *one == role).unwrap().1
    }

    /// Whether it changes something when this role sends it.
    pub fn is_act(&self, role: Role) -> bool {
        self.method == "POST" && ['p', 'd'].contains(&self.letter(role))
    }
}

const fn get(pattern: &'static str, letters: &'static str) -> Row {
    Row { method: "GET", pattern, letters, form: Form::Nothing }
}

const fn post(pattern: &'static str, letters: &'static str, form: Form) -> Row {
    Row { method: "POST", pattern, letters, form }
}

use Form::{Fields, Page};

/// All rows; acts are done in this order, so those that take rights away stand last.
pub const ROWS: &[Row] = &[
    // For everybody.
    get("/", "p ppppp ppp p"),
    get("/find", "p ppppp ppp p"),
    get("/sites", "p ppppp ppp p"),
    get("/sites/{site}", "p ppppp ppp p"),
    get("/sites/{site}/schedule", "p ppppp ppp p"),
    get("/sites/{site}/{facility}", "p ppppp ppp p"),
    // The desk of a site, for its staff.
    get("/sites/{site}/reception", "s nnnnn ppn p"),
    post("/sites/{site}/reception", "s nnnnn ddn d", Fields("who=Lift engineer&people=1&act=arrived")),
    get("/sites/{site}/evacuation", "s nnnnn ppn p"),
    // The list of the last one out: nothing is booked on that day, so it is the staff's.
    get("/sites/{site}/closing", "s nnnnn ppn p"),
    post("/sites/{site}/closing", "s nnnnn ddn d", Fields("date=2026-11-20&line=0&name=Rita")),
    get("/sites/{site}/keys", "s nnnnn ppn p"),
    post("/sites/{site}/keys", "s nnnnn ddn d", Fields("item=Fob&borrower=Jo")),
    post("/sites/{site}/keys/back", "s nnnnn ddn d", Page("/sites/{site}/keys", "main li form", "")),
    // Cafés and shops, and what is on.
    get("/whats-on", "p ppppp ppp p"),
    get("/sites/{site}/{facility}/open", "p ppppp ppp p"),
    get("/sites/{site}/{facility}/openers", "s nnnnn ppn p"),
    get("/manage/sites/{site}/{facility}/openers", "s nnnnn npn p"),
    post("/manage/sites/{site}/{facility}/openers", "s nnnnn ndn d", Fields("day=1&task=both&who=nobody")),
    post(
        "/sites/{site}/{facility}/openers",
        "s nnnnn ndn d",
        Page("/sites/{site}/{facility}/openers", "main ul.lined form", ""),
    ),
    get("/manage/sites/{site}/{facility}/drop-ins", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}/drop-ins",
        "s nnnnn ndn d",
        Fields("act=set&name=Chess&weekday=1&begins=10am&ends=11am&first=2026-11-24"),
    ),
    get("/bookings/{reference}/open", "s nnppn nnn n"),
    post("/bookings/{reference}/open", "s nnddn nnn n", Fields("words=")),
    // A baby bank: whoever asks is led to what is theirs, and sees nothing of the rest.
    get("/sites/{site}/{facility}/baby-bank", "d ddddd ddd d"),
    get("/sites/{site}/{facility}/donate", "p ppppp ppp p"),
    post("/sites/{site}/{facility}/donate", "f fffff fff f", Fields("name=Dora")),
    get("/donate/confirm/{token}", "p ppppp ppp p"),
    post("/donate/confirm/{token}", "p ppppp ppp p", Fields("")),
    get("/donate/cancel/{token}", "p ppppp ppp p"),
    post("/donate/cancel/{token}", "p ppppp ppp p", Fields("")),
    get("/sites/{site}/{facility}/donations", "s nnnnn ppn p"),
    post("/sites/{site}/{facility}/donations", "s nnnnn ndn d", Fields("act=pause&words=Full")),
    get("/sites/{site}/{facility}/collect", "s nnppn nnn n"),
    post("/sites/{site}/{facility}/collect", "s nnffn nnn n", Fields("bundle=BB-1")),
    get("/sites/{site}/{facility}/collections", "s nnppn ppn p"),
    get("/sites/{site}/{facility}/collections/{reference}", "s nnppn ppn p"),
    post("/sites/{site}/{facility}/collections/{reference}", "s nnffn ffn f", Fields("version=1&bundle=Anna")),
    get("/manage/sites/{site}/{facility}/streams", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}/streams",
        "s nnnnn ndn d",
        Fields("act=stream&stream=donation&hours=10am to 11am&places=1&ahead=20&words="),
    ),
    // A fault, and that somebody is at risk, are told without an account.
    get("/sites/{site}/{facility}/fault", "p ppppp ppp p"),
    post("/sites/{site}/{facility}/fault", "d ddddd ddd d", Fields("kind=power&usable=yes&words=It is dark")),
    get("/sites/{site}/{facility}/concern", "p ppppp ppp p"),
    post("/sites/{site}/{facility}/concern", "d ddddd ddd d", Fields("words=I worry")),
    get("/bookings/{reference}/fault", "s nnddn ddn d"),
    get("/help", "p ppppp ppp p"),
    get("/privacy", "p ppppp ppp p"),
    get("/accessibility", "p ppppp ppp p"),
    get("/static/{file}", "p ppppp ppp p"),
    get("/favicon.ico", "d ddddd ddd d"),
    get("/healthz", "p ppppp ppp p"),
    get("/readyz", "p ppppp ppp p"),
    // Behind the operators' own address, and in the demo only.
    get("/metrics", "n nnnnn nnn n"),
    get("/demo/mail", "n nnnnn nnn n"),
    // Accounts. A mailed link is a right by itself, whoever opens it.
    get("/register", "p ddddd ddd d"),
    post("/register", "p ppppp ppp p", Fields("name=Una Unknown&email=una@alcove.test&password=quiet otter umbrella")),
    get("/confirm/{token}", "p ppppp ppp p"),
    post("/confirm/{token}", "d ddddd ddd d", Fields("")),
    get("/start/{token}", "p ppppp ppp p"),
    // There are people already.
    post("/start/{token}", "g ggggg ggg g", Fields("name=Eve&email=eve@alcove.test&password=quiet otter umbrella")),
    get("/sign-in", "p ddddd ddd d"),
    post("/sign-in", "d ddddd ddd d", Fields("email=manager@alcove.test&password=correct horse battery")),
    post("/sign-in/link", "p ppppp ppp p", Fields("email=manager@alcove.test")),
    get("/sign-in/link/{token}", "p ppppp ppp p"),
    post("/sign-in/link/{token}", "d ddddd ddd d", Fields("")),
    post("/sign-in/today", "p ppppp ppp p", Fields("email=manager@alcove.test")),
    get("/sign-in/today/{token}", "p ppppp ppp p"),
    post("/sign-in/today/{token}", "d ddddd ddd d", Fields("")),
    // One's own sessions are for everybody signed in, whatever they are part of; a rota is for those who coordinate.
    get("/today", "s ppppp ppp p"),
    post("/today/duty", "s nnnnn nnn n", Fields("act=back&duty=7K2M94QT")),
    post("/today/end", "s ddddd ddd d", Fields("")),
    get("/account/availability", "s ppppp ppp p"),
    post("/account/availability", "s ddddd ddd d", Fields("act=times&time=0-morning")),
    get("/rota", "s nnnpp nnn n"),
    post("/rota/copy", "s nnnpn nnn n", Fields("organisation=wren-support&week=2026-11-23")),
    get("/rota/{reference}", "s nnnpn nnn n"),
    post("/rota/{reference}", "s nnndn nnn n", Fields("act=need&date=1&needed=2")),
    post("/rota/seen", "s nnndn nnn n", Fields("organisation=wren-support&week=2026-11-23&see=own")),
    get("/today/help/{reference}", "s nnppn nnn n"),
    get("/forgotten-password", "p ppppp ppp p"),
    post("/forgotten-password", "p ppppp ppp p", Fields("email=manager@alcove.test")),
    get("/reset-password/{token}", "p ppppp ppp p"),
    post("/reset-password/{token}", "d ddddd ddd d", Fields("password=quiet otter umbrella")),
    get("/account", "s ppppp ppp p"),
    // What is kept about oneself: taken along with the password, erased with that and a tick.
    get("/account/history", "s ppppp ppp p"),
    get("/account/data", "s ppppp ppp p"),
    post("/account/data", "s ppppp ppp p", Fields("current=correct horse battery")),
    get("/account/erase", "s ppppp ppp p"),
    post("/account/erase", "s fffff fff f", Fields("act=erase")),
    post("/account/name", "s ddddd ddd d", Fields("name=Somebody Else")),
    // Nobody has taken a first step, nor has one who is signed in begun a second one.
    get("/sign-in/code", "d ddddd ddd d"),
    post("/sign-in/code", "d ddddd ddd d", Fields("code=123456")),
    // A change of address is for its own account, and may be undone by whoever reads the old mail.
    get("/new-address/{token}", "p ppppp ppp p"),
    post("/new-address/{token}", "d ggggg ggg g", Fields("")),
    get("/old-address/{token}", "p ppppp ppp p"),
    post("/old-address/{token}", "d ddddd ddd d", Fields("")),
    get("/account/second-step", "s ppppp ppp p"),
    post("/account/second-step/confirm", "s ddddd ddd d", Fields("code=123456")),
    post("/account/second-step/codes", "s ddddd ddd d", Fields("password=correct horse battery&code=123456")),
    post("/account/second-step/off", "s ddddd ddd d", Fields("off_password=correct horse battery&off_code=123456")),
    post("/account/second-step/begin", "s ddddd ddd d", Fields("password=correct horse battery")),
    post(
        "/account/email",
        "s ppppp ppp p",
        Fields("new_email=another@alcove.test&email_password=correct horse battery"),
    ),
    post("/account/password", "s ddddd ddd d", Fields("current=correct horse battery&password=quiet otter umbrella")),
    post("/account/sessions/end", "s ddddd ddd d", Fields("session=x")),
    post("/account/sessions/end-others", "s ddddd ddd d", Fields("")),
    get("/account/calendars", "s ppppp ppp p"),
    post("/account/calendars", "s ppppp ppp p", Fields("of=own")),
    post("/account/calendars/end", "s ccccc ccc c", Fields("key=x")),
    // A feed's address is a right by itself.
    get("/feeds/{token}.ics", "p ppppp ppp p"),
    post("/sign-out", "s ddddd ddd d", Fields("")),
    // Organisations.
    get("/organisations", "s ppppp ppp p"),
    get("/organisations/apply", "s ppppp ppp p"),
    post(
        "/organisations/apply",
        "s ddddd ddd d",
        Fields("name=Finch Club&about=We sing.&register=none&reason=We are few&class=community&nonce=n"),
    ),
    get("/organisations/{organisation}", "s npppn npp p"),
    get("/organisations/{organisation}/people", "s nnnpn nnn p"),
    post("/organisations/{organisation}/people", "s nnndn nnn d", Fields("email=una@alcove.test&role=volunteer")),
    post(
        "/organisations/{organisation}/people/role",
        "s nnndn nnn d",
        Fields("person=volunteer@alcove.test&role=booker"),
    ),
    post("/organisations/{organisation}/people/remove", "s nnndn nnn d", Fields("person=volunteer@alcove.test")),
    post("/organisations/{organisation}/people/withdraw", "s nnndn nnn d", Fields("person=ivy@alcove.test")),
    post("/organisations/{organisation}/people/restore", "s nnndn nnn d", Fields("person=nobody@alcove.test")),
    // Papers are for those who coordinate the organisation and those who manage a site where it books.
    get("/organisations/{organisation}/documents", "s nnnpn npn p"),
    post("/organisations/{organisation}/documents", "s nnndn nnn d", Fields("kind=checks&people=3&from=2026-11-01")),
    get("/organisations/{organisation}/documents/{document}/file", "s nnnpn npn p"),
    post("/organisations/{organisation}/documents/{document}/decide", "s nnnnn ndn d", Fields("decision=accept")),
    post("/organisations/{organisation}/documents/{document}/withdraw", "s nnndn nnn d", Fields("")),
    // A statement is for those who coordinate the organisation, and each site's part for its managers.
    get("/organisations/{organisation}/statement", "s nnnpn npp p"),
    get("/organisations/{organisation}/statement.csv", "s nnnpn npp p"),
    post(
        "/organisations/{organisation}/statement/absent",
        "s nnnnn nnn n",
        Fields("reference=7K2M94QT&date=1&act=absent&month=2026-11"),
    ),
    // Reports are an organisation's own affair; a site's are for its managers, and a manager's of all sites show no others.
    get("/organisations/{organisation}/reports", "s nnnpn nnn p"),
    get("/organisations/{organisation}/reports.csv", "s nnnpn nnn p"),
    get("/manage/reports", "s nnnnn npp p"),
    get("/manage/reports.csv", "s nnnnn npp p"),
    get("/manage/sites/{site}/reports", "s nnnnn npn p"),
    get("/manage/sites/{site}/reports.csv", "s nnnnn npn p"),
    get("/organisations/{organisation}/services", "s nnnpn nnn p"),
    post("/organisations/{organisation}/services", "s nnndn nnn d", Fields("services=advice")),
    get("/organisations/{organisation}/history", "s nnnpn nnn p"),
    // An invitation is for one address, and whoever has another is told so.
    get("/join/{token}", "p ppppp ppp p"),
    post("/join/{token}", "d ccccc ccc c", Fields("name=Ivy New&password=quiet otter umbrella")),
    // Bookings. Somebody who books for nobody is told how to come to that, but sends nothing;
    // the site's staff book for others.
    get("/sites/{site}/{facility}/book", "s ppppp ppp p"),
    post(
        "/sites/{site}/{facility}/book",
        "s ffddd ddf d",
        Fields(
            "date=2026-12-22&from={from}&to={to}&organisation={holder}&purpose=Choir&people=2&privacy=open&nonce=n&step=yes",
        ),
    ),
    // Dates from a calendar file are for those who book for their own organisation.
    get("/sites/{site}/{facility}/import", "s nnppp nnn n"),
    post("/sites/{site}/{facility}/import", "s nnfff nnn n", Fields("people=2")),
    get("/bookings", "s ppppp ppp p"),
    get("/bookings/{reference}", "s nnppn ppn p"),
    get("/bookings/{reference}.ics", "s nnppn ppn p"),
    // Receptionists see the booking but may not give it up, and are led back to it.
    get("/bookings/{reference}/cancel", "s nnppn dpn p"),
    post("/bookings/{reference}/cancel", "s nnddn ndn d", Fields("version={version}&reason=Ill")),
    // It was given up by the booker, so that a coordinator cannot take that back.
    get("/bookings/{reference}/change", "s nnppn npn p"),
    post("/bookings/{reference}/change", "s nnffn nfn f", Fields("version={version}")),
    post("/bookings/{reference}/change/withdraw", "s nnccn ncn c", Fields("version={version}")),
    // Nothing is ticked at the end of what is in Cedar.
    get("/bookings/{reference}/checklist", "s nnnnn nnn n"),
    post("/bookings/{reference}/checklist", "s nnnnn nnn n", Fields("date=1&line=0&name=Rita")),
    get("/bookings/{reference}/more", "s nnppn npn p"),
    post("/bookings/{reference}/more", "s nnffn nfn f", Fields("version={version}")),
    post("/requests/{reference}/change", "s nnnnn ncn c", Fields("version={version}&decision=approve")),
    post(
        "/requests/{reference}/induction",
        "s nnnnn ndn d",
        Fields("version={version}&given_on=2026-11-20&valid_until=2027-11-19"),
    ),
    get("/requests/{reference}/exchange", "s nnnnn npn p"),
    post(
        "/requests/{reference}/exchange",
        "s nnnnn nnn n",
        Fields("version={version}&date=1&other=7K2M94QT&other_version=1&other_date=1"),
    ),
    get("/bookings/{reference}/longer", "s nnnnn nnn n"),
    post("/bookings/{reference}/longer", "s nnccn ncn c", Fields("version={version}&date=1&minutes=30")),
    post("/bookings/{reference}/finish", "s nnccn ncn c", Fields("version={version}&date=1")),
    // The site's managers may answer and release too, as they may give up.
    get("/bookings/{reference}/needed", "s nnppn npn p"),
    post("/bookings/{reference}/needed", "s nnddn ndn d", Fields("")),
    post("/bookings/{reference}/release", "s nnddn ndn d", Fields("version={version}&date=1")),
    get("/bookings/{reference}/share", "s nnppn npn p"),
    post("/bookings/{reference}/share", "s nnddn ndn d", Fields("version={version}&organisation=Robin Trust")),
    // It is shared with the other organisation, whose coordinator may leave.
    post("/bookings/{reference}/share/end", "s nnddd ndn d", Fields("version={version}")),
    get("/bookings/{reference}/again", "s nnddn ddn d"),
    post("/bookings/{reference}/accept", "s nnccn nnn n", Fields("version={version}")),
    post("/bookings/{reference}/undo", "s nndnn ndn d", Fields("version={version}")),
    post("/bookings/{reference}/put-back", "s nndnn ndn d", Fields("version={version}&date=1")),
    get("/bookings/{reference}/instead", "s nnddn ddn d"),
    post(
        "/bookings/{reference}/instead",
        "s nnccn ncn c",
        Fields("version={version}&date=1&facility=cedar&from=1795514400&to=1795518000"),
    ),
    get("/requests", "s nnnnn npp p"),
    get("/requests/{reference}", "s nnnnn npn p"),
    post("/requests/{reference}", "s nnnnn ndn d", Fields("version={version}&decision=approve")),
    post(
        "/requests/{reference}/papers",
        "s nnnnn ncn c",
        Fields("version={version}&decision=aside&papers_reason=We have seen it"),
    ),
    get("/sites/{site}/terms", "p ppppp ppp p"),
    get("/manage/papers", "s nnnnn npp p"),
    // Waiting lists are for those who book; a site's managers have a page of their own.
    get("/waiting", "s ppppp ppp p"),
    get("/waiting/{reference}", "s nnppn nnn n"),
    post("/waiting/{reference}/take", "s nnddn nnn n", Form::Nothing),
    post("/waiting/{reference}/leave", "s nnddn nnn n", Form::Nothing),
    // Plots: one's own tenancy or place in a line, for who has it or books for it.
    get("/plots", "s ppppp ppp p"),
    get("/plots/{reference}", "s nnppn nnn n"),
    post("/plots/{reference}", "s nnddn nnn n", Fields("step=wish&wish=half")),
    get("/plots/link/{token}", "p ppppp ppp p"),
    post("/plots/link/{token}", "d ddddd ddd d", Fields("step=yes")),
    get("/sites/{site}/{facility}/plots", "p ppppp ppp p"),
    post("/sites/{site}/{facility}/plots", "s ddddd ddd d", Fields("wish=any")),
    // Managing.
    // Files in and out.
    get("/manage/import", "s nnnnn npp p"),
    post("/manage/import", "s nnnnn nff f", Fields("kind=bookings")),
    post("/manage/import/run", "s nnnnn nff f", Fields("draft=none")),
    get("/manage/import/{kind}/empty.csv", "s nnnnn npp p"),
    get("/manage/export", "s nnnnn npp p"),
    post("/manage/export", "s nnnnn npp p", Fields("kind=bookings")),
    get("/manage", "s nnnnn npp p"),
    get("/manage/mail", "s nnnnn npp p"),
    post("/manage/mail", "s nnnnn ndn d", Page("/manage/mail", "main td form", "show=")),
    // What holds for all sites is for administrators.
    get("/manage/settings", "s nnnnn nnn p"),
    post("/manage/settings", "s nnnnn nnn d", Fields("months=12")),
    post("/manage/settings/second-step", "s nnnnn nnn f", Fields("email=nobody@alcove.test")),
    post("/manage/settings/restore", "s nnnnn nnn d", Fields("email=nobody@alcove.test")),
    get("/manage/history", "s nnnnn npp p"),
    get("/manage/sites/{site}/history", "s nnnnn npn p"),
    get("/manage/sites/{site}/{facility}/history", "s nnnnn npn p"),
    // People, times and statements are for administrators.
    get("/manage/people", "s nnnnn nnn p"),
    get("/manage/people/{person}", "s nnnnn nnn p"),
    get("/manage/people/{person}/history", "s nnnnn nnn p"),
    post("/manage/people/{person}/erase", "s nnnnn nnn f", Fields("act=erase")),
    get("/manage/retention", "s nnnnn nnn p"),
    post("/manage/retention", "s nnnnn nnn d", Page("/manage/retention", "main form.card", "act=save")),
    get("/manage/statements", "s nnnnn nnn p"),
    post("/manage/statements", "s nnnnn nnn d", Fields("controller=Wren Rooms")),
    get("/manage/sites/new", "s nnnnn nnn p"),
    post(
        "/manage/sites/new",
        "s nnnnn nnn d",
        Page("/manage/sites/new", "main form", "name=New Place&street=1 High Street&town=Leeds&postcode=LS1 1AA"),
    ),
    get("/manage/sites/{site}", "s nnnnn npn p"),
    post("/manage/sites/{site}", "s nnnnn ndn d", Page("/manage/sites/{site}", "main form", "about=Changed.")),
    get("/manage/sites/{site}/hours", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/hours",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/hours", "main form", "sunday-to=20:00"),
    ),
    get("/manage/sites/{site}/sessions", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/sessions",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/sessions", "main form.sessions", "name-1=Morning&from-1=09:00&to-1=13:00"),
    ),
    get("/manage/sites/{site}/facilities/new", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/facilities/new",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/facilities/new", "main form", "name=Elm&kind=group&capacity=8&step=save"),
    ),
    get("/manage/sites/{site}/{facility}", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/{facility}", "main form", "about=Changed.&step=save"),
    ),
    get("/manage/sites/{site}/{facility}/rules", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}/rules",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/{facility}/rules", "main form", "capacity=3&step=save"),
    ),
    get("/manage/sites/{site}/{facility}/hours", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}/hours",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/{facility}/hours", "main form", "as=own&monday-from=09:00&monday-to=17:00"),
    ),
    get("/manage/sites/{site}/rates", "s nnnnn npn p"),
    post("/manage/sites/{site}/rates", "s nnnnn ndn d", Fields("late=yes")),
    get("/manage/sites/{site}/{facility}/rates", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}/rates",
        "s nnnnn ndn d",
        Fields("payer=charity&per=hour&price=0&value=12&from=2026-12-01"),
    ),
    post("/manage/sites/{site}/{facility}/rates/remove", "s nnnnn ncn c", Fields("payer=charity&from=2020-01-01")),
    // What is done at the end of sessions is for all of a site's staff; there is nothing to tick here.
    get("/manage/sites/{site}/jobs", "s nnnnn ppn p"),
    post("/manage/sites/{site}/jobs", "s nnnnn nnn n", Fields("booking=7K2M94QT&date=1&day=&act=ready&name=Rita")),
    // What is lent with spaces, and what the last one out ticks.
    get("/manage/sites/{site}/extras", "s nnnnn npn p"),
    post("/manage/sites/{site}/extras", "s nnnnn ndn d", Fields("name=Flip chart&number=2&whom=all")),
    get("/manage/sites/{site}/extras/{extra}", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/extras/{extra}",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/extras/{extra}", "main form", "number=3&step=save"),
    ),
    get("/manage/sites/{site}/closing", "s nnnnn npn p"),
    post("/manage/sites/{site}/closing", "s nnnnn ndn d", Fields("lines=Lights off")),
    get("/manage/sites/{site}/{facility}/care", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}/care",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/{facility}/care", "main form", "checklist=Bins emptied"),
    ),
    get("/manage/sites/{site}/{facility}/inductions", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}/inductions",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/{facility}/inductions", "main section form", "name=Jo Quill&contact=jo@alcove.test"),
    ),
    post("/manage/sites/{site}/{facility}/inductions/remove", "s nnnnn ncn c", Fields("key=x")),
    get("/manage/sites/{site}/closures", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/closures/open",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/closures", "main form[action$=open]", ""),
    ),
    post(
        "/manage/sites/{site}/closures",
        "s nnnnn ndn d",
        Fields(
            "scope=some&facility=hall&from_date=2026-12-24&from_time=09:00&to_date=2026-12-24&to_time=12:00&reason=Holiday",
        ),
    ),
    get("/manage/sites/{site}/terms", "s nnnnn npn p"),
    post("/manage/sites/{site}/terms", "s nnnnn ndn d", Fields("body=Be kind.")),
    get("/manage/sites/{site}/waiting", "s nnnnn npn p"),
    post("/manage/sites/{site}/waiting", "s nnnnn ndn d", Fields("first=community&second=charity")),
    get("/manage/sites/{site}/faults", "s nnnnn npn p"),
    get("/manage/sites/{site}/faults/{fault}", "s nnnnn npn p"),
    get("/manage/sites/{site}/faults/{fault}/photo", "s nnnnn npn p"),
    post("/manage/sites/{site}/faults/{fault}", "s nnnnn ndn d", Fields("act=note&note=Seen")),
    // The receptionist is named as safeguarding lead, so that neither manager nor administrator reads what was told.
    get("/manage/sites/{site}/to-read", "s nnnnn pnn n"),
    get("/manage/sites/{site}/to-read/{concern}", "s nnnnn pnn n"),
    post("/manage/sites/{site}/to-read/{concern}", "s nnnnn pnn n", Fields("act=read")),
    get("/manage/sites/{site}/notices", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/notices/change",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/notices", "main form[action$=change]", "words=The lift is out."),
    ),
    post(
        "/manage/sites/{site}/notices/lift",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/notices", "main form[action$=lift]", ""),
    ),
    post(
        "/manage/sites/{site}/notices",
        "s nnnnn ndn d",
        Fields("place=hall&from_date=2026-12-23&from_time=09:00&to_date=2026-12-23&to_time=12:00&words=Alarm test"),
    ),
    get("/manage/sites/{site}/{facility}/plots", "s nnnnn npn p"),
    post("/manage/sites/{site}/{facility}/plots", "s nnnnn ndn d", Fields("number=77&size=5&step=add")),
    post(
        "/manage/sites/{site}/{facility}/plots/line",
        "s nnnnn ndn d",
        Fields("name=Kit&contact=kit@alcove.test&wish=any&step=join"),
    ),
    get("/manage/sites/{site}/{facility}/plots/rules", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}/plots/rules",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/{facility}/plots/rules", "main form", "renew=50"),
    ),
    get("/manage/sites/{site}/{facility}/plots/{plot}", "s nnnnn npn p"),
    post(
        "/manage/sites/{site}/{facility}/plots/{plot}",
        "s nnnnn ndn d",
        Page("/manage/sites/{site}/{facility}/plots/{plot}", "main form#facts", "notes=Changed.&step=save"),
    ),
    get("/manage/organisations", "s nnnnn npp p"),
    get("/manage/organisations/{organisation}", "s nnnnn npp p"),
    post("/manage/organisations/{organisation}/trust", "s nnnnn ndn d", Fields("site=hunter-street")),
    post(
        "/manage/organisations/{organisation}",
        "s nnnnn nnn d",
        Fields("decision=suspend&seen=approved&reason=Rent is late"),
    ),
    // How sessions went: for their people and the site's staff; this one has not begun.
    get("/bookings/{reference}/attendance", "s nnppn ppn p"),
    post("/bookings/{reference}/attendance", "s nnccn ccn c", Fields("date=1&outcome=unused")),
    // A mailed link is a right by itself.
    get("/attendance/{token}", "p ppppp ppp p"),
    post("/attendance/{token}", "d ddddd ddd d", Fields("date=1&outcome=unused")),
    post("/sites/{site}/no-show", "s nnnnn nnn n", Fields("reference=7K2M94QT&date=1&act=nobody")),
    get("/sites/{site}/attendance", "s nnnnn ppn p"),
    get("/organisations/{organisation}/attendance", "s nnppn nnn p"),
    // Screens beside doors.
    get("/door/{token}", "p ppppp ppp p"),
    get("/manage/sites/{site}/doors", "s nnnnn npn p"),
    post("/manage/sites/{site}/doors", "s nnnnn npn p", Fields("of=cedar")),
    post("/manage/sites/{site}/doors/end", "s nnnnn ncn c", Fields("key=x")),
    get("/manage/sites/{site}/staff", "s nnnnn npn p"),
    post("/manage/sites/{site}/staff", "s nnnnn ndn d", Fields("email=nobody@alcove.test&role=receptionist&step=add")),
    get("/organisations/{organisation}/leave", "s npppn nnn n"),
    post("/organisations/{organisation}/leave", "s ndddn nnn n", Fields("sure=yes")),
    // Last among those with a booking, so that theirs stay on their days.
    get("/bookings/{reference}/views", "s nnppn ppn p"),
];
