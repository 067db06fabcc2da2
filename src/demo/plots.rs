//! The allotment of the demo world: twenty plots over a year, with tenancies, a notice, an offer, a line, keys and inspections. Each act is
//! done at its own moment through the one writer, so that it stands on whatever day the demo starts.

use chrono::Days;

use super::cast::Cast;
use super::places::seeded;
use crate::allocation::Circumstances;
use crate::allocation::plots::{
    self, Allotment, AllotmentAt, JoinLineAnswer, Joining, LetAnswer, Letting, NoticeWish, allotment_at, give_notice,
    join_line, let_plot,
};
use crate::chance::Chance;
use crate::domain::holder::{Contact, Holder, HolderId, Reach};
use crate::domain::hours::local_date;
use crate::domain::ids::{Reference, Slug};
use crate::domain::plot_line::Wish;
use crate::domain::plots::{Found, Inspection, Plot, PlotNumber, Size};
use crate::domain::policy::Actor;
use crate::domain::span::Instant;
use crate::domain::tenancy::NoticeBy;
use crate::mail::Mailer;
use crate::store::{Conn, StoreError, plots as store, sessions};

const SITE: &str = "foxholm";
const FACILITY: &str = "plots";
const MANAGER: &str = "allotments@example.org";

/// So many days ago the plots were let.
const LET: i64 = 399;
/// Every so many days somebody would have looked what is due.
const ROUND: i64 = 7;

/// Plots 9 and 18 are to let and suit nobody in the line, and 16 rests.
const EMPTY: [u32; 3] = [9, 16, 18];
const HALF: [u32; 8] = [4, 7, 9, 10, 12, 15, 18, 20];

/// Who has a plot: its number, a name, and a contact; or an organisation by its slug and no contact.
const TENANTS: [(u32, &str, &str); 17] = [
    (1, "Wilfred Oakshott", "wilfred.oakshott@example.org"),
    (2, "Precious Adeyemi", "precious.adeyemi@example.org"),
    (3, "", "foxholm-growers"),
    (4, "Marjorie Tindall", "01632 960281"),
    (5, "Tomasz Wrona", "tomasz.wrona@example.org"),
    (6, "Hazel and Ron Figgis", "hazel.figgis@example.org"),
    (7, "Deepa Varghese", "deepa.varghese@example.org"),
    (8, "Alun Prosser", "alun.prosser@example.org"),
    (10, "Joy Castellan", "joy.castellan@example.org"),
    (11, "", "volunteer@example.org"),
    (12, "Reuben Maddox", "01632 960283"),
    (13, "Ines Quintero", "ines.quintero@example.org"),
    (14, "Gwen Applethwaite", "gwen.applethwaite@example.org"),
    (15, "Colm Rafferty", "colm.rafferty@example.org"),
    (17, "Salma Yusuf", "salma.yusuf@example.org"),
    (19, "Barnaby Stokes", "barnaby.stokes@example.org"),
    (20, "Lottie Penhale", "lottie.penhale@example.org"),
];

/// Who waits: how many days ago they joined, a name and a contact. The first is asked and does not answer, the second is offered
/// plot 14, the third is asked now.
const LINE: [(i64, &str, &str); 10] = [
    (397, "Piers Lockhart", "piers.lockhart@example.org"),
    (371, "Amara Okafor", "amara.okafor@example.org"),
    (370, "Stanley Brook", "stanley.brook@example.org"),
    (310, "Coordinator", "coordinator@example.org"),
    (250, "Nesta Hughes", "01632 960287"),
    (201, "Vikram Anand", "vikram.anand@example.org"),
    (150, "Rosalind Pike", "rosalind.pike@example.org"),
    (96, "Emeka Nwosu", "emeka.nwosu@example.org"),
    (40, "Birgit Lund", "birgit.lund@example.org"),
    (12, "Frank Dobson-Hale", "frank.dobsonhale@example.org"),
];

struct Scene<'a> {
    cast: &'a Cast,
    mailer: &'a Mailer,
    manager: Actor,
    at: AllotmentAt,
    now: Instant,
}

/// Marks the plots out, lets them, and lives through the year.
pub fn settle_in(conn: &mut Conn, cast: &Cast, mailer: &Mailer, now: Instant) -> Result<(), StoreError> {
    let slug = |text| seeded(Slug::parse(text), "slug");
    let at = AllotmentAt { site: slug(SITE)?, facility: slug(FACILITY)? };
    let manager = seeded(sessions::actor(conn, cast.person(MANAGER)?, now)?, "manager")?;
    let scene = Scene { cast, mailer, manager, at, now };
    scene.mark_out(conn)?;
    for (number, name, contact) in TENANTS {
        scene.let_to(conn, number, name, contact)?;
    }
    let mut joins = LINE.iter().peekable();
    let mut day = LET - 1;
    while 0 <= day {
        while let Some((_, name, contact)) = joins.next_if(|(joined, ..)| day <= *joined) {
            scene.join(conn, day, name, contact)?;
        }
        if day == 3 {
            scene.end(conn, (14, NoticeBy::Agreed, 1))?;
        }
        if day == 4 {
            scene.end(conn, (7, NoticeBy::Holder, 40))?;
        }
        if day % ROUND == 0 || day < 45 {
            let facility = scene.allotment(conn)?.facility.id;
            plots::turn_season(conn, scene.how(day), facility)?;
        }
        day -= 1;
    }
    scene.inspect(conn)
}

impl Scene<'_> {
    /// Some days ago.
    fn how(&self, days: i64) -> Circumstances<'_> {
        Circumstances { now: self.now.plus_days(-days), chance: Chance, mailer: self.mailer }
    }

    fn allotment(&self, conn: &mut Conn) -> Result<Allotment, StoreError> {
        seeded(allotment_at(conn, &self.at.site, &self.at.facility, self.now)?, "allotment")
    }

    /// Sizes and places, with a path between the upper and the lower ten.
    fn mark_out(&self, conn: &mut Conn) -> Result<(), StoreError> {
        for plot in self.allotment(conn)?.plots {
            let number = plot.number.as_str().parse::<u32>().unwrap_or(1);
            let place = i32::try_from(number - 1).unwrap_or_default();
            let row = place / 5 + 1;
            let words = match number {
                1 => "Beside the shelter and the accessible toilet. Step-free.",
                5 | 15 => "The water butts are beside this plot.",
                9 => "Raised beds at table height, step-free from the gate.",
                _ => "",
            };
            store::set(
                conn,
                &Plot {
                    size: seeded(Size::new(if HALF.contains(&number) { 500 } else { 1000 }), "size")?,
                    place: Some((if row < 3 { row } else { row + 1 }, place % 5 + 1)),
                    notes: words.to_owned(),
                    resting: if number == 16 { "Green manure until spring".to_owned() } else { String::new() },
                    ..plot
                },
            )?;
        }
        Ok(())
    }

    /// A person by name and contact, somebody with an account by address, or an organisation by slug.
    fn holder(&self, conn: &mut Conn, name: &str, contact: &str) -> Result<HolderId, StoreError> {
        let Ok(reach) = Reach::parse(contact) else {
            return Ok(Holder::Organisation(self.cast.organisation(contact)?));
        };
        let known = self.cast.person(contact).ok();
        let account = known.map_or(Ok(None), |id| sessions::actor(conn, id, self.now))?;
        let name = account.map_or_else(|| name.to_owned(), |actor| actor.name);
        Ok(Holder::Person(Contact { name, reach }))
    }

    fn let_to(&self, conn: &mut Conn, number: u32, name: &str, contact: &str) -> Result<(), StoreError> {
        let how = self.how(LET);
        let zone = self.allotment(conn)?.site.zone;
        let letting = Letting {
            at: self.at.clone(),
            plot: seeded(PlotNumber::parse(&number.to_string()), "number")?,
            holder: self.holder(conn, name, contact)?,
            from: local_date(zone, how.now),
            rolling: true,
            nonce: format!("demo/plot/{number}"),
        };
        let answer = let_plot(conn, how, &self.manager, &letting)?;
        let made = if let LetAnswer::Done(reference) = answer { Some(reference) } else { None };
        let reference = seeded(made, "tenancy")?;
        // Two have not fetched theirs.
        if number % 10 != 5 {
            self.key(conn, &reference, number)?;
        }
        Ok(())
    }

    fn key(&self, conn: &mut Conn, reference: &Reference, number: u32) -> Result<(), StoreError> {
        let tenancy = seeded(crate::store::tenancies::by_reference(conn, reference)?, "tenancy")?;
        let given = local_date(self.allotment(conn)?.site.zone, self.how(LET - 2).now);
        store::give_key(conn, tenancy.id, &format!("G{number:02}"), given, 2_500)
    }

    fn join(&self, conn: &mut Conn, day: i64, name: &str, contact: &str) -> Result<(), StoreError> {
        let joining = Joining {
            at: self.at.clone(),
            holder: self.holder(conn, name, contact)?,
            wish: Wish::Full,
            note: String::new(),
            since: None,
            person: self.manager.person,
        };
        let answer = join_line(conn, self.how(day), &joining)?;
        seeded(matches!(answer, JoinLineAnswer::Joined(_)).then_some(()), "line")
    }

    /// Notice for the tenancy of a plot, so many days before its last day.
    fn end(&self, conn: &mut Conn, (number, by, days): (u32, NoticeBy, u64)) -> Result<(), StoreError> {
        let given = if by == NoticeBy::Agreed { 3 } else { 4 };
        let (how, allotment) = (self.how(given), self.allotment(conn)?);
        let number = seeded(PlotNumber::parse(&number.to_string()), "number")?;
        let plot = seeded(allotment.plot(&number).cloned(), "plot")?;
        let Some(tenancy) = allotment.tenancies_of(plot.unit).first().map(|one| one.reference.clone()) else {
            return Ok(());
        };
        let today = local_date(allotment.site.zone, how.now);
        let last_day = today.checked_add_days(Days::new(days)).unwrap_or(today);
        give_notice(conn, how, &tenancy, NoticeWish { by, last_day, person: Some(self.manager.person) }).map(drop)
    }

    /// The manager walked round three weeks ago.
    fn inspect(&self, conn: &mut Conn) -> Result<(), StoreError> {
        let allotment = self.allotment(conn)?;
        let date = local_date(allotment.site.zone, self.how(21).now);
        for plot in &allotment.plots {
            let number = plot.number.as_str().parse::<u32>().unwrap_or_default();
            if EMPTY.contains(&number) || number == 14 {
                continue;
            }
            let (found, note) = match number {
                7 => (Found::NotCultivated, "Nothing has grown here since the summer. Is everything well? Ring us."),
                5 | 12 => (Found::NeedsWork, "The path edge is overgrown. Clear it before spring."),
                11 => (Found::Good, "Lovely beans. Mind the hose."),
                _ => (Found::Good, ""),
            };
            let tenancy = allotment.tenancies_of(plot.unit).first().map(|one| one.id);
            let note = note.to_owned();
            store::inspect(conn, &Inspection { unit: plot.unit, tenancy, date, found, note }, self.manager.person)?;
        }
        Ok(())
    }
}
