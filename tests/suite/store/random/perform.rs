//! Doing an act on an engine, and reading its answer in the model's words. Not whether the answer is right.

use alcove::allocation::{
    self, BlockAnswer, BlockDraft, ChangeAnswer, ChangeDecision, Circumstances, Dated, Dates, Decision, Draft, GiveUp,
    JoinAnswer, LeaveAnswer, MoreDates, NewPlace, RequestAnswer, Side, TakeAnswer,
};
use alcove::domain::availability::Wanted;
use alcove::domain::booking::Scope;
use alcove::domain::ids::{BlockId, OccurrenceId, Reference};
use alcove::domain::policy::Actor;
use alcove::domain::recurrence::{End, Every, Pattern, Repeat};
use alcove::domain::span;
use alcove::store::{Conn, Db, StoreError};
use chrono::NaiveDate;

use super::acts::{Act, Head, Shift, Verb, Who, Wish};
use super::forecast::Answer;
use super::model::{DAY, Model, Span, Want};
use crate::support::world::{self, World, mailer, slug};

/// A world on one engine.
pub struct Stage {
    pub db: Db,
    pub world: World,
    manager: Actor,
    wren: Actor,
    robin: Actor,
}

fn instant(seconds: i64) -> span::Instant {
    span::Instant::from_seconds(seconds)
}

fn as_span(of: Span) -> span::Span {
    span::Span::new(instant(of.0), instant(of.1)).unwrap()
}

fn wanted(want: Want) -> Wanted {
    match want {
        Want::Whole => Wanted::Whole,
        Want::Any(number) => Wanted::Any(number),
    }
}

/// In the months of these runs London keeps the time of UTC.
fn date(at: i64) -> NaiveDate {
    chrono::DateTime::from_timestamp(at, 0).unwrap().date_naive()
}

fn done(answer: &allocation::Answer) -> Answer {
    match answer {
        allocation::Answer::Done(_) => Answer::Done,
        allocation::Answer::NotFound => Answer::NotFound,
        allocation::Answer::Stale(_) => Answer::Stale,
        allocation::Answer::NotPossible(..) => Answer::NotPossible,
        allocation::Answer::Refused(..) => Answer::Refused,
    }
}

type Seen = (Reference, i32);

impl Stage {
    pub fn new(db: Db) -> Self {
        let world = world::build(&db, None);
        let actor = |person| world.actor(&db, person);
        let (manager, wren, robin) = (actor(world.manager), actor(world.wren_booker), actor(world.robin_booker));
        Self { db, world, manager, wren, robin }
    }

    fn own(&self, trusted: bool) -> &Actor {
        if trusted { &self.robin } else { &self.wren }
    }

    fn actor(&self, model: &Model, head: Head) -> &Actor {
        let trusted = model.trusted[&model.booking(head.booking)];
        match head.who {
            Who::Manager => &self.manager,
            Who::Own => self.own(trusted),
            Who::Stranger => self.own(!trusted),
        }
    }

    /// Does it; an error of the store is no answer.
    pub fn perform(&self, model: &Model, act: &Act) -> Result<Answer, StoreError> {
        match act {
            Act::Request { trusted, place, want, every, wishes } => {
                self.request(model, (*trusted, *place, *want), *every, wishes)
            }
            Act::Block { places, span, seen } => self.block(model, places, *span, *seen),
            Act::Lift { number } => self.write(model, |conn, how| {
                let block = BlockId::new(model.blocks[*number]);
                let lifted = allocation::lift(conn, how, &self.manager, &slug("hunter-street"), &[block])?;
                Ok(if lifted { Answer::Done } else { Answer::NotFound })
            }),
            Act::Exchange { one, other } => {
                let side = |(booking, ordinal): &(usize, i32)| {
                    let (reference, version) = seen(model, *booking, false);
                    Side { reference, version, ordinal: *ordinal }
                };
                self.write(model, |conn, how| {
                    Ok(done(&allocation::exchange(conn, how, &self.manager, (&side(one), &side(other)))?))
                })
            }
            Act::Join { trusted, place, want, session } => {
                let draft = self.draft(model, (*trusted, *place, *want), &[whole(*session)]);
                self.write(model, |conn, how| {
                    Ok(match allocation::join(conn, how, &draft)? {
                        JoinAnswer::Joined(_) => Answer::Done,
                        JoinAnswer::Before(_) => Answer::Before,
                        JoinAnswer::Free => Answer::Free,
                        JoinAnswer::Refused(_) => Answer::Refused,
                        other => panic!("{other:?}"),
                    })
                })
            }
            Act::Take { number } | Act::Leave { number } => {
                self.answer_offer(model, *number, matches!(act, Act::Take { .. }))
            }
            Act::Chore => self.write(model, |conn, how| allocation::expire_due(conn, how, 1_000).map(|_| Answer::Done)),
            Act::Pass { .. } => Ok(Answer::Done),
            _ => self.headed(model, act),
        }
    }

    fn write(
        &self,
        model: &Model,
        mut act: impl FnMut(&mut Conn, Circumstances<'_>) -> Result<Answer, StoreError>,
    ) -> Result<Answer, StoreError> {
        let mailer = mailer();
        self.db.write_now(|conn| act(conn, world::circumstances(&mailer, instant(model.now))))
    }

    /// Acts on one booking as it was seen.
    fn headed(&self, model: &Model, act: &Act) -> Result<Answer, StoreError> {
        let head = match act {
            Act::Decide { head, .. }
            | Act::Accept { head }
            | Act::Change { head, .. }
            | Act::Cancel { head, .. }
            | Act::PutBack { head, .. }
            | Act::Undo { head }
            | Act::Add { head, .. }
            | Act::TakeBackChange { head }
            | Act::DecideChange { head, .. }
            | Act::Longer { head, .. }
            | Act::Finish { head, .. } => *head,
            other => panic!("{other:?} is about no booking"),
        };
        let (reference, version) = seen(model, head.booking, head.stale);
        let (actor, seen) = (self.actor(model, head), (&reference, version));
        self.write(model, |conn, how| {
            let answer = match act {
                Act::Decide { verb, dates, .. } => {
                    allocation::decide(conn, how, actor, seen, &decision(*verb, dates.as_deref()))?
                }
                Act::Accept { .. } => allocation::accept(conn, how, actor, seen)?,
                Act::Change { from, scope, shift, .. } => {
                    let change = change(model, head.booking, (*from, *scope), *shift);
                    match allocation::change(conn, how, actor, seen, &change)? {
                        ChangeAnswer::Done { .. } => return Ok(Answer::Done),
                        ChangeAnswer::Nothing(_) => return Ok(Answer::Nothing),
                        ChangeAnswer::Not(answer) => answer,
                    }
                }
                Act::Cancel { from, scope, .. } => {
                    let what = GiveUp { from: Some(*from), scope: *scope, reason: String::new() };
                    allocation::cancel(conn, how, actor, seen, &what)?
                }
                Act::PutBack { ordinal, .. } => allocation::reinstate(conn, how, actor, seen, *ordinal)?,
                Act::Undo { .. } => allocation::undo(conn, how, actor, seen)?,
                Act::Add { wishes, .. } => {
                    let dates = wishes.iter().map(|one| (as_span(one.session), one.left_out)).collect();
                    allocation::add_dates(conn, how, actor, seen, &MoreDates { dates, pattern: None })?
                }
                Act::TakeBackChange { .. } => allocation::withdraw_change(conn, how, actor, seen)?,
                Act::DecideChange { yes, .. } => {
                    let no = ChangeDecision::Decline { reason: "Another group".to_owned() };
                    let decision = if *yes { ChangeDecision::Approve } else { no };
                    allocation::decide_change(conn, how, actor, seen, &decision)?
                }
                Act::Longer { ordinal, minutes, .. } => {
                    allocation::longer(conn, how, actor, seen, (*ordinal, *minutes))?
                }
                _ => {
                    let Act::Finish { ordinal, .. } = act else { panic!("{act:?}") };
                    allocation::finish(conn, how, actor, seen, *ordinal)?
                }
            };
            Ok(done(&answer))
        })
    }

    fn draft(&self, model: &Model, (trusted, place, want): (bool, usize, Want), wishes: &[Wish]) -> Draft {
        let (slug, session) = (model.places[place].slug, as_span(wishes[0].session));
        let draft = if trusted { self.world.trusted_draft(slug, session) } else { self.world.draft(slug, session) };
        let dates = wishes.iter().map(|one| Dated {
            left_out: one.left_out,
            wait: one.wait,
            ..Dated::at(as_span(one.session))
        });
        Draft { wanted: wanted(want), dates: dates.collect(), ..draft }
    }

    fn request(
        &self,
        model: &Model,
        place: (bool, usize, Want),
        every: i64,
        wishes: &[Wish],
    ) -> Result<Answer, StoreError> {
        let draft = self.draft(model, place, wishes);
        let end = End::After(u32::try_from(wishes.len()).unwrap());
        let repeat = Repeat { every: Every::Day, interval: u32::try_from(every).unwrap(), end };
        let pattern = Pattern { first: date(wishes[0].session.0), repeat };
        let draft = Draft { repeat: (1 < wishes.len()).then_some(pattern), ..draft };
        self.write(model, |conn, how| {
            Ok(match allocation::request(conn, how, &draft)? {
                RequestAnswer::Done { .. } => Answer::Done,
                RequestAnswer::Refused(_) => Answer::Refused,
                other => panic!("{other:?}"),
            })
        })
    }

    fn block(&self, model: &Model, places: &[usize], span: Span, seen: bool) -> Result<Answer, StoreError> {
        let all = || model.dates.keys().map(|row| OccurrenceId::new(*row)).collect();
        let draft = BlockDraft {
            site: slug("hunter-street"),
            facilities: places.iter().map(|place| slug(model.places[*place].slug)).collect(),
            spans: vec![as_span(span)],
            instead: Vec::new(),
            reason: "Water".to_owned(),
            seen: if seen { all() } else { Vec::new() },
        };
        self.write(model, |conn, how| {
            Ok(match allocation::block(conn, how, &self.manager, &draft)? {
                BlockAnswer::Done { .. } => Answer::Done,
                BlockAnswer::NotFound => Answer::NotFound,
                BlockAnswer::WouldDisplace(_) => Answer::WouldDisplace,
                BlockAnswer::InTheWay(_) => Answer::InTheWay,
            })
        })
    }

    fn answer_offer(&self, model: &Model, number: usize, takes: bool) -> Result<Answer, StoreError> {
        let (_, entry) = model.entry(number);
        let (actor, reference) = (self.own(entry.trusted), Reference::parse(&entry.reference).unwrap());
        self.write(model, |conn, how| {
            if !takes {
                return Ok(match allocation::leave(conn, how, actor, &reference)? {
                    LeaveAnswer::Done => Answer::Done,
                    LeaveAnswer::NotFound => Answer::NotFound,
                    LeaveAnswer::Over(_) => Answer::Over,
                });
            }
            Ok(match allocation::take(conn, how, actor, &reference)? {
                TakeAnswer::Done { .. } => Answer::Done,
                TakeAnswer::Before(_) => Answer::Before,
                TakeAnswer::NotFound => Answer::NotFound,
                TakeAnswer::Over(_) => Answer::Over,
                TakeAnswer::Refused(_) => Answer::Refused,
            })
        })
    }
}

fn whole(session: Span) -> Wish {
    Wish { session, left_out: false, wait: false }
}

/// A booking as somebody saw it, now or one version ago.
fn seen(model: &Model, booking: usize, stale: bool) -> Seen {
    let (reference, version) = &model.bookings[&model.booking(booking)];
    (Reference::parse(reference).unwrap(), version - i32::from(stale))
}

fn decision(verb: Verb, dates: Option<&[i32]>) -> Decision {
    let dates = dates.map_or(Dates::All, |some| Dates::These(some.to_vec()));
    match verb {
        Verb::Approve => Decision::Approve { dates },
        Verb::Offer => Decision::Offer { dates, condition: "Leave on the hour".to_owned() },
        Verb::Decline => Decision::Decline { dates, reason: "Flushing".to_owned() },
    }
}

fn change(model: &Model, booking: usize, (from, scope): (i32, Scope), shift: Shift) -> allocation::Change {
    let seen_from = model.date(model.booking(booking), from).unwrap();
    let minutes = |(start, length): (i64, i64)| {
        (i32::try_from(start / 60).unwrap(), i32::try_from((start + length) / 60).unwrap())
    };
    let place = NewPlace {
        facility: shift.place.map(|place| slug(model.places[place].slug)),
        date: shift.days.map(|days| date(seen_from.session.0 + days * DAY)),
        minutes: shift.times.map(minutes),
        wanted: None,
        gives_way: false,
    };
    allocation::Change { from, scope, place, words: None }
}
