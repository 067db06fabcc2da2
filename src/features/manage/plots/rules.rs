//! The season and the rules of an allotment: days of notice, of offers and of answers, and what a refusal does.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::list::at;
use super::service::{self, Allotment};
use crate::domain::plots::{AllotmentRules, SeasonStart};
use crate::domain::season::typed_day_of_year;
use crate::error::Error;
use crate::urls;
use crate::web::access::Manager;
use crate::web::chrome::Chrome;
use crate::web::csrf::ProtectedForm;
use crate::web::forms::{Choice, Faults};
use crate::web::page;
use crate::web::state::Shared;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulesForm {
    season: String,
    holder_notice: String,
    site_notice: String,
    renew: String,
    offer: String,
    ask: String,
    answer: String,
    refusal: String,
}

#[derive(Template)]
#[template(path = "manage/plots/rules.html")]
struct RulesPage {
    chrome: Chrome,
    faults: Faults,
    typed: RulesForm,
    refusals: Vec<Choice>,
    name: String,
    list: String,
    action: String,
    manage: &'static str,
}

impl RulesForm {
    fn of(rules: &AllotmentRules) -> Self {
        Self {
            season: rules.season.words(),
            holder_notice: rules.holder_notice_days.to_string(),
            site_notice: rules.site_notice_days.to_string(),
            renew: rules.renew_days.to_string(),
            offer: rules.offer_days.to_string(),
            ask: rules.ask_days.to_string(),
            answer: rules.answer_days.to_string(),
            refusal: if rules.refusal_keeps { "keeps" } else { "leaves" }.to_owned(),
        }
    }

    fn parse(&self) -> Result<AllotmentRules, Faults> {
        let mut faults = Faults::none();
        let season = typed_day_of_year(&self.season).and_then(|(month, day)| SeasonStart::new(month, day));
        if season.is_none() {
            faults.add("season", "Enter a day that every year has, like 1 April");
        }
        let mut days = |field, typed: &str, limits| faults.number(field, typed, "a number of days", limits);
        let rules = AllotmentRules {
            season: season.unwrap_or(AllotmentRules::usual().season),
            holder_notice_days: days("holder_notice", &self.holder_notice, (0, 365)),
            site_notice_days: days("site_notice", &self.site_notice, (0, 730)),
            renew_days: days("renew", &self.renew, (1, 180)),
            offer_days: days("offer", &self.offer, (1, 60)),
            ask_days: days("ask", &self.ask, (90, 1100)),
            answer_days: days("answer", &self.answer, (7, 90)),
            refusal_keeps: self.refusal != "leaves",
        };
        if faults.is_empty() { Ok(rules) } else { Err(faults) }
    }
}

pub async fn get(
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    chrome: Chrome,
) -> Result<HttpResponse, Error> {
    let at = at(&path.0, &path.1)?;
    let one = service::all(&state.db, who.actor.clone(), at, state.clock.now()).await?.ok_or(Error::NotFound)?;
    let typed = RulesForm::of(&one.rules);
    page::ok(&rules_page(chrome, &one, typed, Faults::none()))
}

pub async fn post(
    request: HttpRequest,
    state: Shared,
    path: Path<(String, String)>,
    who: Manager,
    form: ProtectedForm<RulesForm>,
) -> Result<HttpResponse, Error> {
    let (at, now) = (at(&path.0, &path.1)?, state.clock.now());
    let one = service::all(&state.db, who.actor.clone(), at.clone(), now).await?.ok_or(Error::NotFound)?;
    let rules = match form.parse() {
        Ok(rules) => rules,
        Err(faults) => return page::unprocessable(&rules_page(Chrome::of(&request), &one, form.0, faults)),
    };
    let list = urls::manage_plots(&at.site, &at.facility);
    if service::set_rules(&state.db, now, who.actor.clone(), at, rules).await? {
        Ok(page::done(&list, "saved"))
    } else {
        Err(Error::NotFound)
    }
}

fn rules_page(chrome: Chrome, one: &Allotment, typed: RulesForm, faults: Faults) -> RulesPage {
    let (site, facility) = (&one.site.slug, &one.facility.slug);
    let chosen = typed.refusal.clone();
    let choice = |value: &str, label: &str| Choice::new(value, label, value == chosen);
    RulesPage {
        chrome,
        faults,
        refusals: vec![choice("keeps", "Keeps their place"), choice("leaves", "Leaves the list")],
        typed,
        name: one.facility.name.clone(),
        list: urls::manage_plots(site, facility),
        action: urls::manage_plots_rules(site, facility),
        manage: urls::MANAGE,
    }
}
