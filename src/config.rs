//! The settings of a process, from the command line and the environment; every fault of them is reported at once. Not what is kept in the database.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::Args;

use crate::store::DatabaseUrl;

/// What can be set. Every option is an environment variable too.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Address and port to listen on; port 0 takes any free one.
    #[arg(long, env = "ALCOVE_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: String,

    /// How the outside reaches this program, used in mail: http:// or https:// and a host. Default: the address it listens on.
    #[arg(long, env = "ALCOVE_BASE_URL", global = true)]
    pub base_url: Option<String>,

    /// Where the database is: sqlite://FILE or postgres://… Default: sqlite://alcove.db, for the demo sqlite://alcove-demo.db.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<String>,

    /// Where mail goes: smtp://HOST:PORT (plain, for a local relay), smtps://… (TLS) or smtp://…?tls=required (STARTTLS).
    /// Without it mail waits in the outbox.
    #[arg(long, env = "SMTP_URL", hide_env_values = true, global = true)]
    pub smtp_url: Option<String>,

    /// Write mail into files in this folder instead of sending it.
    #[arg(long, env = "ALCOVE_MAIL_FOLDER", global = true)]
    pub mail_folder: Option<PathBuf>,

    /// Whom mail comes from.
    #[arg(long, env = "ALCOVE_MAIL_FROM", default_value = "Alcove <bookings@localhost>", global = true)]
    pub mail_from: String,

    /// How the log is written: text or json.
    #[arg(long, env = "ALCOVE_LOG", default_value = "text", global = true)]
    pub log: String,

    /// Addresses of proxies whose X-Forwarded-For and X-Forwarded-Host are believed, with commas between.
    #[arg(long, env = "ALCOVE_TRUSTED_PROXIES", default_value = "", global = true)]
    pub trusted_proxies: String,

    /// Address for /metrics and detailed readiness; off unless set.
    #[arg(long, env = "ALCOVE_OPS_LISTEN", global = true)]
    pub ops_listen: Option<String>,

    /// How often the chores look for work, in seconds; 0 switches them off.
    #[arg(long, env = "ALCOVE_CHORES_EVERY", default_value_t = 5, global = true)]
    pub chores_every: u64,
}

/// Settings that hold together.
#[derive(Debug, Clone)]
pub struct Settings {
    pub listen: SocketAddr,
    pub base_url: Option<String>,
    pub database: DatabaseUrl,
    pub smtp_url: Option<String>,
    pub mail_folder: Option<PathBuf>,
    pub mail_from: String,
    pub json_log: bool,
    pub trusted_proxies: Vec<IpAddr>,
    pub ops_listen: Option<SocketAddr>,
    pub chores_every: u64,
    /// The demo world: shows its mail, sends none.
    pub demo: bool,
}

impl Options {
    /// Reads all settings.
    ///
    /// # Errors
    /// Every fault, each with the name of the setting and what it should be.
    pub fn read(&self, demo: bool) -> Result<Settings, Vec<String>> {
        let mut faults = Vec::new();
        let mut fault = |name: &str, words: String| faults.push(format!("{name}: {words}"));
        let address = |text: &str| {
            text.parse::<SocketAddr>().map_err(|_| format!("“{text}” is not an address and port, like 127.0.0.1:8080"))
        };
        let listen = address(&self.listen).map_err(|words| fault("ALCOVE_LISTEN", words)).ok();
        let ops_listen = self
            .ops_listen
            .as_deref()
            .map(address)
            .transpose()
            .map_err(|words| fault("ALCOVE_OPS_LISTEN", words))
            .ok()
            .flatten();
        let base_url = self
            .base_url
            .as_deref()
            .map(base_url)
            .transpose()
            .map_err(|words| fault("ALCOVE_BASE_URL", words))
            .ok()
            .flatten();
        let usual = if demo { "sqlite://alcove-demo.db" } else { "sqlite://alcove.db" };
        let database = DatabaseUrl::parse(self.database_url.as_deref().unwrap_or(usual))
            .map_err(|words| fault("DATABASE_URL", words))
            .ok();
        if !demo && let Some(Err(words)) = self.smtp_url.as_deref().map(crate::chores::deliver::check_url) {
            fault("SMTP_URL", words);
        }
        if self.mail_from.parse::<lettre::message::Mailbox>().is_err() {
            fault(
                "ALCOVE_MAIL_FROM",
                format!("“{}” is not an address, like Alcove <bookings@example.org>", self.mail_from),
            );
        }
        if !["text", "json"].contains(&self.log.as_str()) {
            fault("ALCOVE_LOG", format!("“{}” is neither text nor json", self.log));
        }
        let trusted_proxies = proxies(&self.trusted_proxies).unwrap_or_else(|words| {
            fault("ALCOVE_TRUSTED_PROXIES", words);
            Vec::new()
        });
        match (listen, database) {
            (Some(listen), Some(database)) if faults.is_empty() => Ok(Settings {
                listen,
                base_url,
                database,
                smtp_url: self.smtp_url.clone().filter(|_| !demo),
                mail_folder: self.mail_folder.clone().filter(|_| !demo),
                mail_from: self.mail_from.clone(),
                json_log: self.log == "json",
                trusted_proxies,
                ops_listen,
                chores_every: self.chores_every,
                demo,
            }),
            _ => Err(faults),
        }
    }
}

fn proxies(list: &str) -> Result<Vec<IpAddr>, String> {
    let parts = list.split(',').map(str::trim).filter(|one| !one.is_empty());
    parts.map(|one| one.parse().map_err(|_| format!("“{one}” is not an IP address"))).collect()
}

fn base_url(text: &str) -> Result<String, String> {
    let plain = text.trim_end_matches('/');
    let rest = plain.strip_prefix("https://").or_else(|| plain.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', ' ', '?', '#']) => Ok(plain.to_owned()),
        _ => Err(format!("“{text}” is not http:// or https:// and a host")),
    }
}
