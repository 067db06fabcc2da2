//! A server with a clock that stands still, on each engine, in this process. Its chores run only when a test says so.

use std::sync::mpsc;
use std::thread::JoinHandle;

use super::browser::Browser;
use super::engines::{TestDatabase, engines};
use super::world::{self, World};
use alcove::app::Application;
use alcove::chance::Chance;
use alcove::chores::Chores;
use alcove::clock::Clock;
use alcove::config::Settings;
use alcove::domain::ids::PersonId;
use alcove::domain::person::Email;
use alcove::passwords;
use alcove::store::outbox::WholeMail;
use alcove::store::sessions::NewSession;
use alcove::store::{DatabaseUrl, Db, outbox, people, sessions};
use std::sync::LazyLock;

static HASH: LazyLock<String> = LazyLock::new(|| passwords::hash_now(world::PASSWORD).unwrap());

pub struct Server {
    pub base: String,
    pub db: Db,
    pub clock: Clock,
    pub world: World,
    pub chores: Chores,
    pub engine: &'static str,
    handle: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
    _database: TestDatabase,
}

/// Settings of a server on a free port, with its mail to an SMTP server where there is one.
pub fn settings(url: &str, smtp_url: Option<&str>) -> Settings {
    Settings {
        listen: "127.0.0.1:0".parse().unwrap(),
        base_url: None,
        database: DatabaseUrl::parse(url).unwrap(),
        smtp_url: smtp_url.map(str::to_owned),
        mail_folder: None,
        mail_from: "Alcove <bookings@alcove.test>".to_owned(),
        json_log: false,
        trusted_proxies: Vec::new(),
        ops_listen: None,
        chores_every: 0,
        demo: false,
    }
}

/// One server an engine, each with the small world.
pub fn servers() -> Vec<Server> {
    engines().into_iter().map(|database| Server::start(database, None)).collect()
}

/// One server an engine, in whose database nobody is registered yet.
pub fn empty_servers() -> Vec<Server> {
    engines().into_iter().map(|database| Server::start_in(database, None, |_| World::empty())).collect()
}

/// As [`servers`], with mail going to an SMTP server.
pub fn servers_with_mail(smtp_url: &str) -> Vec<Server> {
    engines().into_iter().map(|database| Server::start(database, Some(smtp_url))).collect()
}

impl Server {
    pub fn start(database: TestDatabase, smtp_url: Option<&str>) -> Self {
        Self::start_in(database, smtp_url, |db| world::build(db, Some(&HASH)))
    }

    /// A server that believes one proxy.
    pub fn start_behind(database: TestDatabase, proxy: std::net::IpAddr) -> Self {
        let settings = Settings { trusted_proxies: vec![proxy], ..settings(&database.url, None) };
        Self::start_with(database, settings, |db| world::build(db, Some(&HASH)))
    }

    fn start_in(database: TestDatabase, smtp_url: Option<&str>, build: fn(&Db) -> World) -> Self {
        let settings = settings(&database.url, smtp_url);
        Self::start_with(database, settings, build)
    }

    fn start_with(database: TestDatabase, settings: Settings, build: fn(&Db) -> World) -> Self {
        let db = database.open();
        let world = build(&db);
        let clock = Clock::fixed(world::now());
        let for_thread = (db.clone(), clock.clone());
        let (sender, receiver) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let application = Application::with_db(&settings, for_thread.1, for_thread.0).unwrap();
                sender
                    .send((application.base_url().to_owned(), application.handle(), application.chores().clone()))
                    .unwrap();
                application.run().await.unwrap();
            });
        });
        let (base, handle, chores) = receiver.recv().unwrap();
        let engine = if database.url.starts_with("sqlite") { "sqlite" } else { "postgres" };
        Self { base, db, clock, world, chores, engine, handle, thread: Some(thread), _database: database }
    }

    /// A visitor's browser.
    pub fn visitor(&self) -> Browser {
        Browser::new(&self.base)
    }

    /// A browser in which this person is signed in already.
    pub fn signed_in(&self, person: PersonId) -> Browser {
        let token = Chance.token();
        let hash = token.hash();
        let now = self.clock.now();
        self.db
            .write_now(|conn| {
                let new = NewSession {
                    token_hash: &hash,
                    person,
                    scope: "full",
                    device: "A test",
                    ends_at: now.plus_days(30),
                };
                sessions::open(conn, &new, now)
            })
            .unwrap();
        let browser = self.visitor();
        browser.set_cookie("alcove", token.reveal());
        browser
    }

    /// Everything in the outbox, the newest first.
    pub fn mails(&self) -> Vec<WholeMail> {
        self.db.read_now(|conn| outbox::whole(conn, None, 1000)).unwrap()
    }

    /// The mails to an address, the newest first.
    pub fn mails_to(&self, address: &str) -> Vec<WholeMail> {
        self.mails().into_iter().filter(|mail| mail.to == address).collect()
    }

    /// The path of the link in the newest mail to an address.
    #[track_caller]
    pub fn mailed_link(&self, address: &str) -> String {
        let mails = self.mails_to(address);
        let text = &mails.first().unwrap_or_else(|| panic!("no mail to {address}")).text;
        let (_, rest) = text.split_once(&self.base).unwrap_or_else(|| panic!("no link in {text}"));
        rest.split_whitespace().next().unwrap_or_default().to_owned()
    }

    /// The person with an address.
    #[track_caller]
    pub fn person(&self, address: &str) -> PersonId {
        let email = Email::parse(address).unwrap();
        self.db.read_now(|conn| people::by_email(conn, &email)).unwrap().unwrap().id
    }

    /// How many queries a piece of work takes.
    pub fn queries(&self, work: impl FnOnce()) -> u64 {
        let before = self.db.queries();
        work();
        self.db.queries() - before
    }
}

impl Server {
    /// Stops it as SIGTERM does, after the requests in hand. Its database stays.
    pub fn stop(&mut self) {
        drop(self.handle.stop(true));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The handle sends its word at once; what it gives back is only the waiting for it.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
