//! An allotment as it stands: its plots, who has them, what is offered, and the line. Five queries, however many plots there are.

use chrono::NaiveDate;

use crate::domain::hours::{day, local_date};
use crate::domain::ids::{FacilityId, Slug, TenancyId, UnitId};
use crate::domain::kinds::Kind;
use crate::domain::places::{Facility, Site, Unit};
use crate::domain::plot_line::{Due, PlotEntry, due};
use crate::domain::plots::{AllotmentRules, Inspection, Plot, PlotKey, PlotNumber, Size};
use crate::domain::span::Instant;
use crate::domain::tenancy::{PlotOffer, Run, Standing, Tenancy, free_from, last_day, next_piece, standing};
use crate::store::facilities::{self, Filter};
use crate::store::{Conn, StoreError, plot_line, plots, tenancies};

/// An allotment with everything that is open.
#[derive(Debug, Clone)]
pub struct Allotment {
    pub site: Site,
    pub facility: Facility,
    pub rules: AllotmentRules,
    /// In the natural order of their numbers.
    pub plots: Vec<Plot>,
    pub tenancies: Vec<Tenancy>,
    pub offers: Vec<PlotOffer>,
    /// All that wait or are offered a plot, in order.
    pub line: Vec<PlotEntry>,
    /// Those who left or lapsed.
    pub gone: Vec<PlotEntry>,
}

/// An allotment by its slugs; `None` when there is none of them.
pub fn by_slugs(conn: &mut Conn, site: &Slug, slug: &Slug, now: Instant) -> Result<Option<Allotment>, StoreError> {
    let found = facilities::by_slug(conn, site, slug)?;
    found.map_or(Ok(None), |place| whole(conn, place, now))
}

/// As [`by_slugs`], by row.
pub fn by_id(conn: &mut Conn, id: FacilityId, now: Instant) -> Result<Option<Allotment>, StoreError> {
    let found = facilities::with_sites(conn, &Filter { ids: Some(&[id]), ..Filter::default() })?.pop();
    found.map_or(Ok(None), |place| whole(conn, place, now))
}

fn whole(conn: &mut Conn, (site, facility): (Site, Facility), now: Instant) -> Result<Option<Allotment>, StoreError> {
    if facility.kind != Kind::Allotment {
        return Ok(None);
    }
    let id = facility.id;
    let plot_line::Line { open: line, gone, offers } = plot_line::line(conn, id)?;
    let tenancies = tenancies::open_at(conn, id, now)?;
    Ok(Some(Allotment { tenancies, offers, line, gone, ..ground(conn, site, facility)? }))
}

/// Only the plots and the rules, with nobody on them.
fn ground(conn: &mut Conn, site: Site, facility: Facility) -> Result<Allotment, StoreError> {
    let (rules, plots) = plots::of_facility(conn, facility.id)?;
    let plots = with_all_units(&facility, plots);
    Ok(Allotment {
        site,
        facility,
        rules,
        plots,
        tenancies: Vec::new(),
        offers: Vec::new(),
        line: Vec::new(),
        gone: Vec::new(),
    })
}

/// One plot for its manager: all its tenancies, the latest first, its offer, keys and inspections.
#[derive(Debug)]
pub struct PlotView {
    /// With this plot's tenancies and offer only, and without the line.
    pub allotment: Allotment,
    pub plot: Plot,
    pub keys: Vec<PlotKey>,
    pub inspections: Vec<Inspection>,
}

/// One plot; `None` when there is none of that number.
pub fn one_plot(
    conn: &mut Conn,
    (site, slug): (&Slug, &Slug),
    number: &PlotNumber,
) -> Result<Option<PlotView>, StoreError> {
    let Some((site, facility)) = facilities::by_slug(conn, site, slug)?.filter(|(_, one)| one.kind == Kind::Allotment)
    else {
        return Ok(None);
    };
    let ground = ground(conn, site, facility)?;
    let Some(plot) = ground.plot(number).cloned() else {
        return Ok(None);
    };
    let tenancies = tenancies::of_unit(conn, plot.unit)?;
    let ids: Vec<TenancyId> = tenancies.iter().map(|one| one.id).collect();
    let offers = plot_line::offer_of_unit(conn, plot.facility, plot.unit)?.into_iter().collect();
    let keys = if ids.is_empty() { Vec::new() } else { plots::keys(conn, &ids)? };
    let inspections = plots::inspections(conn, &[plot.unit])?;
    Ok(Some(PlotView { allotment: Allotment { tenancies, offers, ..ground }, plot, keys, inspections }))
}

/// One's own tenancy: its plot, keys, and what was seen there since it began.
pub fn own_plot(conn: &mut Conn, tenancy: Tenancy) -> Result<Option<PlotView>, StoreError> {
    let filter = Filter { ids: Some(&[tenancy.facility]), ..Filter::default() };
    let Some((site, facility)) = facilities::with_sites(conn, &filter)?.pop() else {
        return Ok(None);
    };
    let ground = ground(conn, site, facility)?;
    let Some(plot) = ground.plot_of(tenancy.unit).cloned() else {
        return Ok(None);
    };
    let keys = plots::keys(conn, &[tenancy.id])?;
    let mut inspections = plots::inspections(conn, &[plot.unit])?;
    inspections.retain(|one| one.tenancy == Some(tenancy.id));
    Ok(Some(PlotView { allotment: Allotment { tenancies: vec![tenancy], ..ground }, plot, keys, inspections }))
}

/// A unit of which nothing was said yet is a plot all the same: its number stands at the end of its name.
fn with_all_units(facility: &Facility, mut known: Vec<Plot>) -> Vec<Plot> {
    let new: Vec<&Unit> = facility.units.iter().filter(|unit| known.iter().all(|plot| plot.unit != unit.id)).collect();
    for unit in new {
        let free = |number: &PlotNumber| known.iter().all(|plot| plot.number != *number);
        let named = unit.name.split_whitespace().last().and_then(PlotNumber::parse).filter(free);
        let next = || (1..).filter_map(|number: u32| PlotNumber::parse(&number.to_string())).find(free);
        let (Some(number), Some(size)) = (named.or_else(next), Size::new(500)) else {
            continue;
        };
        let words = String::new;
        let plot =
            Plot { unit: unit.id, facility: facility.id, number, size, place: None, notes: words(), resting: words() };
        known.push(plot);
    }
    known.sort_by_key(|plot| plot.number.rank());
    known
}

impl Allotment {
    pub fn today(&self, now: Instant) -> NaiveDate {
        local_date(self.site.zone, now)
    }

    /// The last minute of the local day in which an instant falls. Deadlines that are counted in days end then.
    pub fn end_of_day(&self, at: Instant) -> Instant {
        day(self.site.zone, self.today(at)).map_or(at, |day| day.end().plus_minutes(-1))
    }

    pub fn plot(&self, number: &PlotNumber) -> Option<&Plot> {
        self.plots.iter().find(|plot| plot.number == *number)
    }

    pub fn plot_of(&self, unit: UnitId) -> Option<&Plot> {
        self.plots.iter().find(|plot| plot.unit == unit)
    }

    pub fn tenancies_of(&self, unit: UnitId) -> Vec<&Tenancy> {
        self.tenancies.iter().filter(|one| one.unit == unit).collect()
    }

    pub fn offer_of(&self, unit: UnitId) -> Option<&PlotOffer> {
        self.offers.iter().find(|offer| offer.unit == unit)
    }

    /// The open offer to an entry, while it stands.
    pub fn offer_to(&self, entry: &PlotEntry, now: Instant) -> Option<&PlotOffer> {
        self.offers.iter().find(|offer| offer.entry == entry.id && now < offer.until)
    }

    pub fn standing(&self, plot: &Plot, now: Instant) -> Standing {
        standing(plot, &self.tenancies_of(plot.unit), self.offer_of(plot.unit), self.site.zone, now)
    }

    /// From which day on a plot can be let, if that is known and not far.
    pub fn free_from(&self, plot: &Plot, now: Instant) -> Option<NaiveDate> {
        free_from(plot, &self.tenancies_of(plot.unit), self.offer_of(plot.unit), self.site.zone, now)
    }

    /// The plot that a holder has on or after an instant.
    pub fn plot_held(&self, key: &str, from: Instant) -> Option<&Plot> {
        let held = |one: &&Tenancy| one.key == key && (one.goes_on() || from < one.covered_to);
        self.tenancies.iter().find(held).and_then(|one| self.plot_of(one.unit))
    }

    /// A tenancy in dates.
    pub fn run(&self, one: &Tenancy) -> Run {
        let zone = self.site.zone;
        Run {
            first: local_date(zone, one.starts),
            covered_to: local_date(zone, one.covered_to),
            rolling: one.rolling,
            last_day: one.notice.map(|notice| last_day(zone, notice.ends)),
        }
    }

    /// What a tenancy gets by itself now.
    pub fn next_piece(&self, one: &Tenancy, now: Instant) -> Option<(NaiveDate, NaiveDate)> {
        next_piece(&self.rules, self.run(one), self.today(now), self.facility.retired_from)
    }

    /// Whether anything is to be done by itself: cheap to ask, so that a lock is taken only then. What is vacant while somebody
    /// waits may still have nobody whom it suits.
    pub fn is_due(&self, now: Instant) -> bool {
        let waits = self.line.iter().any(|one| one.standing == crate::domain::waiting::Standing::Waiting);
        self.tenancies.iter().any(|one| self.next_piece(one, now).is_some())
            || self.offers.iter().any(|offer| offer.until <= now)
            || self.line.iter().any(|one| due(&self.rules, one, now) != Due::Nothing)
            || (waits && self.plots.iter().any(|plot| self.free_from(plot, now).is_some()))
    }
}
