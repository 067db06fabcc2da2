//! For whoever runs it: is it alive, is it ready, how is it doing. No page for people.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::store::{StoreError, outbox, settings};
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

/// What keeps it from being ready: a database that cannot be read or written, mail that does not leave, chores that do not succeed.
async fn faults(state: &State) -> Result<Vec<String>, StoreError> {
    let (waiting, oldest) = state.db.read(outbox::waiting).await?;
    let mut faults = Vec::new();
    let now = state.clock.now();
    if !state.health.has_written(now) {
        match state.db.write(settings::touch_disk).await {
            Ok(()) => state.health.wrote(now),
            Err(error) => faults.push(format!("the database cannot be written: {error}")),
        }
    }
    if state.sends_mail && oldest.is_some_and(|oldest| STUCK_MINUTES < now.minutes_since(oldest)) {
        faults.push(format!("the outbox is stuck: {waiting} mails wait, the oldest for over an hour"));
    }
    for (chore, minutes) in state.health.late(now) {
        faults.push(format!("the chore {chore} has not succeeded for {minutes} minutes"));
    }
    Ok(faults)
}

async fn metrics(state: Shared, handle: Data<Option<PrometheusHandle>>) -> HttpResponse {
    let (waiting, oldest) = state.db.read(outbox::waiting).await.unwrap_or_default();
    let age = oldest.map_or(0, |oldest| state.clock.now().minutes_since(oldest));
    let (reading, writing) = state.db.in_use();
    let shown = handle.as_ref().as_ref().map(PrometheusHandle::render).unwrap_or_default();
    let mut own = String::new();
    for (name, kind, value) in [
        ("alcove_queries_total", "counter", state.db.queries()),
        ("alcove_outbox_waiting", "gauge", u64::try_from(waiting).unwrap_or_default()),
        ("alcove_outbox_oldest_minutes", "gauge", u64::try_from(age).unwrap_or_default()),
        ("alcove_connections_reading", "gauge", reading.into()),
        ("alcove_connections_writing", "gauge", writing.into()),
    ] {
        own.push_str(&format!("# TYPE {name} {kind}\n{name} {value}\n"));
    }
    own.push_str("# TYPE alcove_chore_last_success_seconds gauge\n");
    for (chore, at) in state.health.succeeded() {
        own.push_str(&format!("alcove_chore_last_success_seconds{{chore=\"{chore}\"}} {}\n", at.seconds()));
    }
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
