//! The application: bound first, then run. Middleware and routes come together here and nowhere else.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, DefaultHeaders, from_fn};
use actix_web::web::{Data, FormConfig, PathConfig, PayloadConfig, QueryConfig};
use actix_web::{App, HttpServer, web};
use tracing_actix_web::TracingLogger;

use crate::chance::Chance;
use crate::chores::deliver::Deliverer;
use crate::chores::{self, Chores};
use crate::clock::Clock;
use crate::config::Settings;
use crate::domain::health::Health;
use crate::error::Error;
use crate::features;
use crate::mail::Mailer;
use crate::passwords::Passwords;
use crate::store::Db;
use crate::telemetry::{self, RouteSpan};
use crate::web::limits::Limits;
use crate::web::state::State;
use crate::web::{access, assets, csrf, error_page, looks};

/// Forms are small; nothing larger is read into memory.
const LARGEST_BODY: usize = 64 * 1024;

const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A program that has its port and its database, and is ready to run.
pub struct Application {
    server: Server,
    ops: Option<Server>,
    address: SocketAddr,
    chores: Chores,
    chores_every: u64,
    base_url: String,
    state: State,
}

impl Application {
    /// Binds the port, opens the database and puts everything together.
    ///
    /// # Errors
    /// One line for the person who started it.
    pub fn build(settings: &Settings, clock: Clock) -> Result<Self, String> {
        let db = Db::open(&settings.database)
            .map_err(|error| format!("DATABASE_URL: cannot open {}: {error}", settings.database.shown()))?;
        Self::with_db(settings, clock, db)
    }

    /// As [`Application::build`], with a database that is open already.
    ///
    /// # Errors
    /// As [`Application::build`].
    pub fn with_db(settings: &Settings, clock: Clock, db: Db) -> Result<Self, String> {
        let listener = TcpListener::bind(settings.listen)
            .map_err(|error| format!("ALCOVE_LISTEN: cannot listen on {}: {error}", settings.listen))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let base_url = settings.base_url.clone().unwrap_or_else(|| format!("http://{address}"));
        let deliverer = deliverer(settings)?;
        let state = state(settings, &db, &clock, &base_url, deliverer.is_some());
        let ops = settings.ops_listen.map(ops_listener).transpose()?;
        let metrics = telemetry::start_metrics();
        let shared = Data::new(state.clone());
        let server = HttpServer::new({
            let shared = shared.clone();
            move || {
                App::new()
                    .app_data(shared.clone())
                    .app_data(PayloadConfig::new(LARGEST_BODY))
                    .app_data(FormConfig::default().limit(LARGEST_BODY))
                    .app_data(QueryConfig::default().error_handler(|_, _| {
                        Error::BadRequest(
                            "Something in the address is not as it should be. Start again from the page before"
                                .to_owned(),
                        )
                        .into()
                    }))
                    .app_data(PathConfig::default().error_handler(|_, _| Error::NotFound.into()))
                    .wrap(from_fn(looks::note))
                    .wrap(from_fn(csrf::own_origin_only))
                    .wrap(from_fn(error_page::draw))
                    .wrap(from_fn(access::identify))
                    .wrap(from_fn(error_page::draw))
                    .wrap(security_headers())
                    .wrap(Compress::default())
                    .wrap(TracingLogger::<RouteSpan>::new())
                    .configure(assets::routes)
                    .configure(features::routes)
                    .default_service(web::to(|| async { Err::<&str, Error>(Error::NotFound) }))
            }
        })
        .workers(workers())
        .shutdown_timeout(10)
        .listen(listener)
        .map_err(|error| error.to_string())?;
        let ops = ops.map(|ops| features::operations::serve(ops, shared, metrics)).transpose()?;
        Ok(Self {
            server: server.run(),
            ops,
            address,
            chores: Chores {
                db,
                clock,
                mailer: state.mailer.clone(),
                deliverer: deliverer.map(Arc::new),
                health: Arc::clone(&state.health),
            },
            chores_every: settings.chores_every,
            base_url,
            state,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What the handlers share, for whoever starts the program.
    pub fn state(&self) -> &State {
        &self.state
    }

    pub fn chores(&self) -> &Chores {
        &self.chores
    }

    /// A handle by which another thread stops the server.
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.server.handle()
    }

    /// Serves until it is told to stop.
    ///
    /// # Errors
    /// Those of the server.
    pub async fn run(self) -> std::io::Result<()> {
        let chores = (0 < self.chores_every).then(|| tokio::spawn(chores::run(self.chores.clone(), self.chores_every)));
        let ops = self.ops.map(tokio::spawn);
        let done = self.server.await;
        if let Some(ops) = ops {
            ops.abort();
        }
        if let Some(chores) = chores {
            chores.abort();
        }
        // What was looked at until now is written down before the process goes.
        if let Err(error) = self.chores.views() {
            tracing::warn!("looks at bookings could not be written down: {error}");
        }
        done
    }
}

fn state(settings: &Settings, db: &Db, clock: &Clock, base_url: &str, sends_mail: bool) -> State {
    State {
        db: db.clone(),
        clock: clock.clone(),
        chance: Chance,
        mailer: Mailer::new(base_url),
        passwords: Passwords::new(),
        limits: Limits::new(if settings.demo { 300 } else { 40 }),
        secure: base_url.starts_with("https://"),
        demo: settings.demo,
        sends_mail,
        health: Arc::new(Health::new(settings.chores_every)),
        trusted_proxies: Arc::new(settings.trusted_proxies.clone()),
    }
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, std::num::NonZero::get).min(8)
}

fn deliverer(settings: &Settings) -> Result<Option<Deliverer>, String> {
    let from = &settings.mail_from;
    match (&settings.smtp_url, &settings.mail_folder) {
        _ if settings.demo => Deliverer::kept(from).map(Some),
        (Some(url), _) => Deliverer::smtp(url, from).map(Some),
        (None, Some(folder)) => Deliverer::folder(folder.clone(), from).map(Some),
        (None, None) => Ok(None),
    }
}

fn ops_listener(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).map_err(|error| format!("ALCOVE_OPS_LISTEN: cannot listen on {address}: {error}"))
}

fn security_headers() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("Content-Security-Policy", CSP))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "same-origin"))
        .add(("X-Frame-Options", "DENY"))
        .add(("Cross-Origin-Opener-Policy", "same-origin"))
        .add(("Permissions-Policy", "geolocation=(), camera=(), microphone=()"))
}
