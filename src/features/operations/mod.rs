//! For whoever runs it: is it alive, is it ready, how is it doing. No page for people.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::store::{Db, StoreError, outbox, sites};
use crate::web::state::{Shared, State};

/// A mail that has waited so long means that the outbox is stuck.
const STUCK_MINUTES: i64 = 60;

pub fn routes(config: &mut ServiceConfig) {
    config.route("/healthz", web::get().to(alive)).route("/readyz", web::get().to(ready));
}

/// The process answers; nothing else is asked.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("alive\n")
}

/// Whether it can serve; why not stands only behind the operators' own address.
async fn ready(state: Shared) -> HttpResponse {
    match faults(&state).await {
        Ok(faults) if faults.is_empty() => {
            HttpResponse::Ok().content_type("application/json").body("{\"ready\":true}\n")
        }
        _ => HttpResponse::ServiceUnavailable().content_type("application/json").body("{\"ready\":false}\n"),
    }
}

async fn ready_in_detail(state: Shared) -> HttpResponse {
    let faults = faults(&state).await.unwrap_or_else(|error| vec![error.to_string()]);
    if faults.is_empty() {
        HttpResponse::Ok().content_type("text/plain").body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable().content_type("text/plain").body(faults.join("\n") + "\n")
    }
}

/// What keeps it from being ready: a database that cannot be read or written, or mail that does not leave.
async fn faults(state: &State) -> Result<Vec<String>, StoreError> {
    let (waiting, oldest) = state.db.read(outbox::waiting).await?;
    let mut faults = Vec::new();
    writable(&state.db).await?;
    let now = state.clock.now();
    if state.sends_mail && oldest.is_some_and(|oldest| STUCK_MINUTES < now.minutes_since(oldest)) {
        faults.push(format!("the outbox is stuck: {waiting} mails wait, the oldest for over an hour"));
    }
    Ok(faults)
}

/// A write that changes nothing, so that a full or locked disk shows.
async fn writable(db: &Db) -> Result<(), StoreError> {
    db.write(|conn| sites::mark_changed(conn, crate::domain::ids::SiteId::new(0))).await
}

async fn metrics(state: Shared, handle: Data<Option<PrometheusHandle>>) -> HttpResponse {
    let (waiting, oldest) = state.db.read(outbox::waiting).await.unwrap_or_default();
    let age = oldest.map_or(0, |oldest| state.clock.now().minutes_since(oldest));
    let shown = handle.as_ref().as_ref().map(PrometheusHandle::render).unwrap_or_default();
    let own = format!(
        "# TYPE alcove_queries_total counter\nalcove_queries_total {}\n# TYPE alcove_outbox_waiting gauge\nalcove_outbox_waiting {waiting}\n# TYPE alcove_outbox_oldest_minutes gauge\nalcove_outbox_oldest_minutes {age}\n",
        state.db.queries()
    );
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(shown + &own)
}

/// Starts the operators' own address beside the public one.
///
/// # Errors
/// When it cannot be served.
pub fn serve(listener: TcpListener, state: Shared, handle: Option<PrometheusHandle>) -> Result<Server, String> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(Data::new(handle.clone()))
            .route("/metrics", web::get().to(metrics))
            .route("/healthz", web::get().to(alive))
            .route("/readyz", web::get().to(ready_in_detail))
    });
    let server = server.workers(1).disable_signals().listen(listener).map_err(|error| error.to_string())?;
    Ok(server.run())
}
