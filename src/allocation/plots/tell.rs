//! Who is told what about plots and the line: a person by a link that opens their page, an organisation's coordinators by its address.

use super::Circumstances;
use crate::domain::holder::{Holder, Reader};
use crate::domain::ids::Reference;
use crate::domain::plot_line::PlotEntry;
use crate::domain::plots::Plot;
use crate::domain::rendered::Rendered;
use crate::domain::span::Instant;
use crate::domain::tenancy::{PlotOffer, Tenancy};
use crate::enquiry::plots::Allotment;
use crate::mail::plots::{PlotLetter, link_path, own_path};
use crate::store::tenancies::Opens;
use crate::store::{Conn, StoreError, holders, tenancies};

/// A mailed link opens its page for so many days.
const LINK_DAYS: i64 = 400;

/// Each reader with the path of their page.
fn readers(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    holder: &Holder,
    (opens, reference): (Opens, &Reference),
) -> Result<Vec<(Reader, String)>, StoreError> {
    match holder {
        Holder::Organisation(organisation) => {
            let all = holders::readers_of(conn, organisation.id)?;
            Ok(all.into_iter().map(|reader| (reader, own_path(reference))).collect())
        }
        Holder::Person(contact) => {
            let Some(email) = contact.reach.email() else {
                return Ok(Vec::new());
            };
            let token = circumstances.chance.token();
            tenancies::insert_link(conn, &token.hash(), opens, circumstances.now.plus_days(LINK_DAYS))?;
            let reader = Reader { person: None, name: contact.name.clone(), email: email.clone(), shares: false };
            Ok(vec![(reader, link_path(token.reveal()))])
        }
        Holder::Site => Ok(Vec::new()),
    }
}

/// What is the same in all letters about a tenancy or an entry.
fn letter<'a>(allotment: &'a Allotment, plot: Option<&'a Plot>) -> PlotLetter<'a> {
    PlotLetter { site: &allotment.site, facility: &allotment.facility, rules: &allotment.rules, plot }
}

fn to_tenant(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
    tenancy: &Tenancy,
    write: impl Fn(PlotLetter<'_>, &Reader, &str) -> Rendered,
) -> Result<(), StoreError> {
    let letter = letter(allotment, allotment.plot_of(tenancy.unit));
    let opens = (Opens::Tenancy(tenancy.id), &tenancy.reference);
    for (reader, path) in readers(conn, circumstances, &tenancy.holder, opens)? {
        let mail = Rendered { booking: Some(tenancy.booking), ..write(letter, &reader, &path) };
        circumstances.post(conn, Some(mail))?;
    }
    Ok(())
}

fn to_entry(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (allotment, plot): (&Allotment, Option<&Plot>),
    entry: &PlotEntry,
    write: impl Fn(PlotLetter<'_>, &Reader, &str) -> Rendered,
) -> Result<Vec<Rendered>, StoreError> {
    let letter = letter(allotment, plot);
    let all = readers(conn, circumstances, &entry.holder, (Opens::Entry(entry.id), &entry.reference))?;
    Ok(all.iter().map(|(reader, path)| write(letter, reader, path)).collect())
}

fn post_all(conn: &mut Conn, circumstances: Circumstances<'_>, mails: Vec<Rendered>) -> Result<(), StoreError> {
    mails.into_iter().try_for_each(|mail| circumstances.post(conn, Some(mail)))
}

/// The tenancy begins.
pub(super) fn begun(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (allotment, _): (&Allotment, &Plot),
    tenancy: &Tenancy,
) -> Result<(), StoreError> {
    let mailer = circumstances.mailer;
    to_tenant(conn, circumstances, allotment, tenancy, |letter, to, path| mailer.plot_let(letter, tenancy, to, path))
}

/// Another season. The key of each season keeps it from being told twice.
pub(super) fn renewed(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
    tenancy: &Tenancy,
) -> Result<(), StoreError> {
    let mailer = circumstances.mailer;
    to_tenant(conn, circumstances, allotment, tenancy, |letter, to, path| {
        let once = format!("tenancy/{}/{}/{}", tenancy.id.row(), tenancy.covered_to.seconds(), to.email);
        Rendered { once: Some(once), ..mailer.plot_renewed(letter, tenancy, to, path) }
    })
}

/// The last day, to whoever has the plot.
pub(super) fn notice_received(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
    tenancy: &Tenancy,
) -> Result<(), StoreError> {
    let mailer = circumstances.mailer;
    to_tenant(conn, circumstances, allotment, tenancy, |letter, to, path| {
        mailer.notice_received(letter, tenancy, to, path)
    })
}

/// The letters of an offer; the caller gives each its key.
pub(super) fn offered(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (allotment, plot): (&Allotment, &Plot),
    entry: &PlotEntry,
    offer: &PlotOffer,
) -> Result<Vec<Rendered>, StoreError> {
    let mailer = circumstances.mailer;
    to_entry(conn, circumstances, (allotment, Some(plot)), entry, |letter, to, path| {
        mailer.plot_offer(letter, offer, to, path)
    })
}

pub(super) fn offer_lapsed(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    (allotment, plot): (&Allotment, &Plot),
    entry: &PlotEntry,
) -> Result<(), StoreError> {
    let mailer = circumstances.mailer;
    let mails = to_entry(conn, circumstances, (allotment, Some(plot)), entry, |letter, to, path| {
        mailer.plot_offer_lapsed(letter, to, path)
    })?;
    post_all(conn, circumstances, mails)
}

/// The yearly question, once for each deadline.
pub(super) fn still_interested(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
    entry: &PlotEntry,
    by: Instant,
) -> Result<(), StoreError> {
    let mailer = circumstances.mailer;
    let mails = to_entry(conn, circumstances, (allotment, None), entry, |letter, to, path| {
        let once = format!("interested/{}/{}/{}", entry.id.row(), by.seconds(), to.email);
        Rendered { once: Some(once), not_after: Some(by), ..mailer.still_interested(letter, by, to, path) }
    })?;
    post_all(conn, circumstances, mails)
}

pub(super) fn line_lapsed(
    conn: &mut Conn,
    circumstances: Circumstances<'_>,
    allotment: &Allotment,
    entry: &PlotEntry,
) -> Result<(), StoreError> {
    let mailer = circumstances.mailer;
    let mails = to_entry(conn, circumstances, (allotment, None), entry, |letter, to, path| {
        mailer.line_lapsed(letter, to, path)
    })?;
    post_all(conn, circumstances, mails)
}
