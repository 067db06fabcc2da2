//! What somebody has told in the world of the matrix: a fault with a photo, and a concern that the receptionist reads. Not who asks for them.

use crate::support::server::Server;
use crate::support::world::{circumstances, mailer, now, slug};
use alcove::allocation::{self, Report};
use alcove::chance::Chance;
use alcove::domain::concern::ConcernText;
use alcove::domain::fault::{FaultKind, Usable};
use alcove::domain::ids::Reference;
use alcove::domain::person::Email;
use alcove::domain::upload::made_safe;
use alcove::store::{Conn, concerns, facilities};

/// A fault of Cedar with a photo, whose reporter wants to hear back.
pub fn fault(server: &Server) -> Reference {
    let mailer = mailer();
    let report = Report {
        kind: FaultKind::Power,
        usable: Usable::Partly,
        words: "The light flickers".to_owned(),
        // Text, because the test compares what stands in the tables as text.
        photo: made_safe("light.pdf", b"%PDF-1.4\n%%EOF".to_vec()).ok(),
        booking: None,
        reporter: None,
        email: Email::parse("fay@reporter.example").ok(),
    };
    let tell = |conn: &mut Conn| {
        let (site, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
        allocation::report_fault(conn, circumstances(&mailer, now()), (&site, &cedar), &report)
    };
    server.db.write_now(tell).unwrap().unwrap()
}

/// A concern that the receptionist reads, who is named as safeguarding lead.
pub fn concern(server: &Server, words: &str) -> Reference {
    let (reference, lead) = (Chance.reference(), server.person("reception@alcove.test"));
    let told = ConcernText { words: words.to_owned(), contact: words.to_owned() };
    let tell = |conn: &mut Conn| {
        let (site, cedar) = facilities::by_slug(conn, &slug("hunter-street"), &slug("cedar"))?.unwrap();
        concerns::set_lead(conn, site.id, lead, true, now())?;
        concerns::insert(conn, &reference, (site.id, cedar.id), &told, now())
    };
    server.db.write_now(tell).unwrap();
    reference
}
