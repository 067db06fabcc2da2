//! Acting a plan out, step by step at its own moment, through the same functions that people's clicks go through. Not the plan.

use std::collections::HashMap;

use super::cast::Cast;
use super::extras::{Closure, NOTICES};
use super::places::seeded;
use super::plan::{Act, Plan, Wish};
use super::world::SiteSeed;
use crate::allocation::{
    self, Answer, BlockAnswer, BlockDraft, Circumstances, Dated, Dates, Decision, Draft, GiveUp, RequestAnswer,
    expire_due,
};
use crate::chance::Chance;
use crate::domain::availability::Wanted;
use crate::domain::holder::Holder;
use crate::domain::hours::{instant_at, local_date, weekday};
use crate::domain::ids::{Reference, Slug};
use crate::domain::policy::Actor;
use crate::domain::span::{Instant, Span};
use crate::mail::Mailer;
use crate::store::notices::{self, NewNotice};
use crate::store::{Conn, StoreError, outbox, sessions, sites};

/// More than ever fall due at once.
const ALL: i64 = 10_000;

/// What came of a plan.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    pub bookings: usize,
    /// Requests that the rules refused, which are left out.
    pub refused: usize,
}

/// Acts a site's plan out, up to now.
pub fn play(
    conn: &mut Conn,
    (site, cast, mailer): (&SiteSeed, &Cast, &Mailer),
    plan: &Plan,
    now: Instant,
) -> Result<Tally, StoreError> {
    let mut stage = Stage {
        site,
        slug: seeded(Slug::parse(site.slug), "slug")?,
        cast,
        mailer,
        wishes: &plan.wishes,
        asked: HashMap::new(),
        actors: HashMap::new(),
        tally: Tally::default(),
    };
    for (at, act) in &plan.steps {
        stage.step(conn, *at, *act)?;
    }
    expire_due(conn, stage.circumstances(now), ALL)?;
    stage.give_notices(conn, now)?;
    Ok(stage.tally)
}

struct Stage<'a> {
    site: &'a SiteSeed,
    slug: Slug,
    cast: &'a Cast,
    mailer: &'a Mailer,
    wishes: &'a [Wish],
    /// References and versions of what was asked for, by number of the wish.
    asked: HashMap<usize, (Reference, i32)>,
    actors: HashMap<&'static str, Actor>,
    tally: Tally,
}

impl Stage<'_> {
    fn circumstances(&self, now: Instant) -> Circumstances<'_> {
        Circumstances { now, chance: Chance, mailer: self.mailer }
    }

    fn step(&mut self, conn: &mut Conn, at: Instant, act: Act) -> Result<(), StoreError> {
        if !matches!(act, Act::Ask(_)) {
            // Mails leave within minutes, so an act finds those of earlier days delivered and not in the queue.
            outbox::deliver_all_before(conn, at.plus_minutes(-2))?;
        }
        match act {
            Act::Ask(number) => self.ask(conn, at, number),
            Act::Approve(number) => self.decide(conn, at, number, &Decision::Approve { dates: Dates::All }),
            Act::Decline(number, reason) => {
                self.decide(conn, at, number, &Decision::Decline { dates: Dates::All, reason: reason.to_owned() })
            }
            Act::GiveUp(number, reason) => self.give_up(conn, at, (number, |wish| wish.booked_by), reason),
            Act::CallOff(number, reason) => self.give_up(conn, at, (number, |wish| wish.manager), reason),
            Act::Expire => expire_due(conn, self.circumstances(at), ALL).map(|_| ()),
            Act::Close(closure, span) => self.close(conn, at, closure, span),
        }
    }

    fn wish(&self, number: usize) -> Result<&Wish, StoreError> {
        seeded(self.wishes.get(number), "wish")
    }

    /// The person with all rights, looked up once.
    fn actor(&mut self, conn: &mut Conn, email: &'static str, now: Instant) -> Result<Actor, StoreError> {
        if let Some(actor) = self.actors.get(email) {
            return Ok(actor.clone());
        }
        let actor = seeded(sessions::actor(conn, self.cast.person(email)?, now)?, "person")?;
        self.actors.insert(email, actor.clone());
        Ok(actor)
    }

    fn ask(&mut self, conn: &mut Conn, at: Instant, number: usize) -> Result<(), StoreError> {
        let wish = self.wish(number)?;
        let organisation = wish.organisation.map(|seed| self.cast.organisation(seed.slug)).transpose()?;
        let wanted = if wish.facility.choice == "any" { Wanted::Any(wish.units) } else { Wanted::Whole };
        let draft = Draft {
            site: self.slug.clone(),
            facility: seeded(Slug::parse(wish.facility.slug), "slug")?,
            holder: organisation.map_or(Holder::Site, Holder::Organisation),
            booked_by: self.cast.person(wish.booked_by)?,
            dates: vec![Dated::at(wish.session)],
            repeat: None,
            wanted,
            purpose: wish.purpose.to_owned(),
            note: wish.note.to_owned(),
            people: wish.people,
            privacy: wish.privacy,
            set_aside: None,
            terms: None,
            particulars: Default::default(),
            nonce: format!("demo/{}/{number}", self.site.slug),
        };
        match allocation::request(conn, self.circumstances(at), &draft)? {
            RequestAnswer::Done { reference, .. } => {
                self.asked.insert(number, (reference, 1));
                self.tally.bookings += 1;
            }
            _ => self.tally.refused += 1,
        }
        Ok(())
    }

    fn decide(&mut self, conn: &mut Conn, at: Instant, number: usize, decision: &Decision) -> Result<(), StoreError> {
        let email = self.wish(number)?.manager;
        let Some((reference, version)) = self.asked.get(&number).cloned() else {
            return Ok(());
        };
        let actor = self.actor(conn, email, at)?;
        let answer = allocation::decide(conn, self.circumstances(at), &actor, (&reference, version), decision)?;
        self.note(number, &answer);
        Ok(())
    }

    fn give_up(
        &mut self,
        conn: &mut Conn,
        at: Instant,
        (number, who): (usize, fn(&Wish) -> &'static str),
        reason: &str,
    ) -> Result<(), StoreError> {
        let email = who(self.wish(number)?);
        let Some((reference, version)) = self.asked.get(&number).cloned() else {
            return Ok(());
        };
        let actor = self.actor(conn, email, at)?;
        let answer =
            allocation::cancel(conn, self.circumstances(at), &actor, (&reference, version), &GiveUp::all(reason))?;
        self.note(number, &answer);
        Ok(())
    }

    /// Remembers the version for the next act. An act that was no longer possible changes nothing, as in life.
    fn note(&mut self, number: usize, answer: &Answer) {
        if let Answer::Done(case) = answer {
            self.asked.insert(number, (case.booking.reference.clone(), case.booking.version));
        }
    }

    /// What the site's people must know in the next weeks, once a week.
    fn give_notices(&mut self, conn: &mut Conn, now: Instant) -> Result<(), StoreError> {
        let Some(site) = sites::by_slug(conn, &self.slug)? else {
            return Ok(());
        };
        for notice in NOTICES.iter().filter(|notice| notice.site == self.site.slug) {
            let by = self.actor(conn, seeded(self.site.managers.first().copied(), "manager")?, now)?.person;
            let today = local_date(site.zone, now);
            let dates = today.iter_days().skip(1).filter(|date| weekday(*date) == notice.weekday).take(4);
            let mut group = None;
            for date in dates {
                let edge = |minute| instant_at(site.zone, date, minute).ok();
                let span = edge(notice.from).zip(edge(notice.to)).and_then(|(from, to)| Span::new(from, to));
                let words = notice.words;
                let new = NewNotice { site: site.id, facility: None, span: seeded(span, "span")?, words, by, group };
                let id = notices::insert(conn, &new, now)?;
                group = group.or(Some(id));
            }
        }
        Ok(())
    }

    /// Closes as a manager does: looks at who is affected, then goes on.
    fn close(&mut self, conn: &mut Conn, at: Instant, closure: &'static Closure, span: Span) -> Result<(), StoreError> {
        let manager = seeded(self.site.managers.first().copied(), "manager")?;
        let actor = self.actor(conn, manager, at)?;
        let slugs = closure.facilities.iter().map(|slug| seeded(Slug::parse(slug), "slug"));
        let mut draft = BlockDraft {
            site: self.slug.clone(),
            facilities: slugs.collect::<Result<_, _>>()?,
            spans: vec![span],
            reason: closure.reason.to_owned(),
            seen: Vec::new(),
            instead: Vec::new(),
        };
        let circumstances = self.circumstances(at);
        if let BlockAnswer::WouldDisplace(seen) = allocation::block(conn, circumstances, &actor, &draft)? {
            draft.seen = seen;
            allocation::block(conn, circumstances, &actor, &draft)?;
        }
        Ok(())
    }
}
