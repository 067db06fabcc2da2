//! A scripted SMTP server for tests: it takes, refuses or drops mail as told and keeps what it took. It knows no TLS, no
//! sign-in and no relaying, and nothing of the product.
#![expect(clippy::panic, reason = "what tests share fails a test by panicking")]

pub mod message;

pub use message::Received;

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// What the sink does with one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes every message.
    Accept,
    /// Says 421 in place of a greeting and closes.
    TempFail421,
    /// Says 450 to every recipient.
    Greylist450,
    /// Says 550 to every recipient.
    Reject550,
    /// Reads a whole message, records it in [`SmtpSink::dropped`] and closes without a reply.
    DropAfterData,
    /// Takes the connection and says nothing until the sink is dropped.
    Stall,
}

/// A running server on a free port of the loopback address. It stops, and ends every connection, when it is dropped.
pub struct SmtpSink {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

impl SmtpSink {
    /// Starts a sink that uses one behaviour a connection, in order, and accepts once the script is used up.
    pub fn start(script: Vec<Behaviour>) -> SmtpSink {
        let bound =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = bound.unwrap_or_else(|error| panic!("the SMTP sink found no port: {error}"));
        let shared = Arc::new(Shared::default());
        shared.state().script = script.into();
        let listening = thread::spawn({
            let shared = Arc::clone(&shared);
            move || listen(&listener, &shared)
        });
        SmtpSink { address, shared, listening: Some(listening) }
    }

    /// The address as a setting: `smtp://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The messages that were acknowledged, oldest first.
    pub fn messages(&self) -> Vec<Received> {
        self.shared.state().accepted.clone()
    }

    /// The messages that were read whole and never answered.
    pub fn dropped(&self) -> Vec<Received> {
        self.shared.state().dropped.clone()
    }

    /// How many connections were taken, whatever became of them.
    pub fn connections(&self) -> usize {
        self.shared.state().connections
    }

    /// Waits until at least `count` messages were acknowledged and returns all of them. Panics with what there is when
    /// `limit` has passed.
    pub fn wait_for(&self, count: usize, limit: Duration) -> Vec<Received> {
        let waited =
            self.shared.changed.wait_timeout_while(self.shared.state(), limit, |state| state.accepted.len() < count);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(
            count <= state.accepted.len(),
            "waited {limit:?} for {count} messages; {} connections, accepted {:#?}, dropped {:#?}",
            state.connections,
            summaries(&state.accepted),
            summaries(&state.dropped),
        );
        state.accepted.clone()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        {
            let mut state = self.shared.state();
            state.stopping = true;
            for stream in &state.open {
                // A connection that has already ended needs no ending.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        // The listener sleeps in accept; one more connection wakes it, and it sees that it has to stop.
        if TcpStream::connect(self.address).is_ok()
            && let Some(listening) = self.listening.take()
        {
            let _ = listening.join();
        }
    }
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    script: VecDeque<Behaviour>,
    accepted: Vec<Received>,
    dropped: Vec<Received>,
    connections: usize,
    open: Vec<TcpStream>,
    stopping: bool,
}

impl Shared {
    /// A test that failed while it held the lock must not hide its own message behind a poisoned one.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a connection and says what to do with it, or nothing when the sink is stopping.
    fn begin(&self, stream: &TcpStream) -> Option<Behaviour> {
        let mut state = self.state();
        if state.stopping {
            return None;
        }
        state.connections += 1;
        state.open.extend(stream.try_clone());
        Some(state.script.pop_front().unwrap_or(Behaviour::Accept))
    }

    fn record(&self, message: Received, behaviour: Behaviour) {
        let mut state = self.state();
        match behaviour {
            Behaviour::DropAfterData => state.dropped.push(message),
            _ => state.accepted.push(message),
        }
        self.changed.notify_all();
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    let mut conversations = Vec::new();
    while let Ok((stream, _)) = listener.accept() {
        let Some(behaviour) = shared.begin(&stream) else {
            break;
        };
        let shared = Arc::clone(shared);
        conversations.push(thread::spawn(move || {
            // A client that goes away in the middle of a sentence is one of the things under test, not a fault.
            let _ = converse(&stream, behaviour, &shared);
            // The sink keeps a second handle to end the connection with, so closing has to be said aloud.
            let _ = stream.shutdown(Shutdown::Both);
        }));
    }
    for conversation in conversations {
        let _ = conversation.join();
    }
}

fn converse(stream: &TcpStream, behaviour: Behaviour, shared: &Shared) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    match behaviour {
        Behaviour::Stall => return io::copy(&mut reader, &mut io::sink()).map(|_| ()),
        Behaviour::TempFail421 => return say(stream, "421 4.3.2 Closing, try again later"),
        _ => say(stream, "220 localhost ESMTP")?,
    }
    let mut envelope = Envelope::default();
    while let Some(line) = read_line(&mut reader)? {
        let verb = line.split([' ', ':']).next().unwrap_or_default();
        match verb.to_ascii_uppercase().as_str() {
            "QUIT" => return say(stream, "221 2.0.0 Goodbye"),
            "DATA" if !envelope.to.is_empty() => {
                say(stream, "354 End with a dot on a line of its own")?;
                let Some(data) = read_data(&mut reader)? else {
                    return Ok(());
                };
                let Envelope { from, to } = std::mem::take(&mut envelope);
                let from = from.unwrap_or_default();
                shared.record(Received { from, to, data }, behaviour);
                if behaviour == Behaviour::DropAfterData {
                    return Ok(());
                }
                say(stream, "250 2.0.0 Taken")?;
            }
            verb => say(stream, envelope.answer(verb, &line, behaviour))?,
        }
    }
    Ok(())
}

/// Who writes to whom, as far as the client has said.
#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
}

impl Envelope {
    /// Takes in one command and says what to reply.
    fn answer(&mut self, verb: &str, line: &str, behaviour: Behaviour) -> &'static str {
        match verb {
            "EHLO" => "250-localhost\r\n250 8BITMIME",
            "HELO" => "250 localhost",
            "NOOP" => "250 2.0.0 Still here",
            "RSET" => {
                *self = Envelope::default();
                "250 2.0.0 Forgotten"
            }
            "MAIL" => {
                (self.from, self.to) = (Some(address_in(line)), Vec::new());
                "250 2.1.0 Go on"
            }
            "RCPT" if self.from.is_none() => "503 5.5.1 MAIL comes first",
            "RCPT" if behaviour == Behaviour::Greylist450 => "450 4.2.0 Greylisted, try again later",
            "RCPT" if behaviour == Behaviour::Reject550 => "550 5.1.1 Nobody of that name",
            "RCPT" => {
                self.to.push(address_in(line));
                "250 2.1.5 Go on"
            }
            "DATA" => "503 5.5.1 RCPT comes first",
            _ => "500 5.5.2 Not understood",
        }
    }
}

fn say(mut stream: &TcpStream, reply: &str) -> io::Result<()> {
    stream.write_all(format!("{reply}\r\n").as_bytes())
}

/// One line without its line end, or nothing at the end of the connection.
fn read_line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if reader.read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&bytes);
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The lines up to the lone dot, or nothing if the client left before it.
fn read_data(reader: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut data = String::new();
    while let Some(line) = read_line(reader)? {
        if line == "." {
            return Ok(Some(data));
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push_str("\r\n");
    }
    Ok(None)
}

/// The address between the angle brackets of MAIL FROM or RCPT TO; what follows them is a parameter.
fn address_in(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

fn summaries(messages: &[Received]) -> Vec<String> {
    let summary = |message: &Received| {
        let subject = message.header("Subject").unwrap_or_default();
        format!("{} -> {}: {subject}", message.from, message.to.join(", "))
    };
    messages.iter().map(summary).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says each line in turn and returns the codes of the replies; `-` stands for a connection that was closed.
    fn talk(sink: &SmtpSink, lines: &[&str]) -> io::Result<Vec<String>> {
        let stream = TcpStream::connect(sink.address)?;
        let mut reader = BufReader::new(&stream);
        let mut codes = Vec::new();
        for line in [""].iter().chain(lines) {
            if !line.is_empty() {
                say(&stream, line)?;
            }
            let mut reply = read_line(&mut reader)?.unwrap_or_else(|| "-".to_owned());
            while reply.chars().nth(3) == Some('-') {
                reply = read_line(&mut reader)?.unwrap_or_default();
            }
            codes.push(reply.chars().take(3).collect());
        }
        Ok(codes)
    }

    const ENVELOPE: [&str; 4] = ["EHLO me", "MAIL FROM:<a@x> BODY=8BITMIME", "RCPT TO:<b@x>", "DATA"];

    #[test]
    fn several_messages_on_one_connection_arrive_with_their_dots() -> io::Result<()> {
        let sink = SmtpSink::start(vec![]);
        let mut lines = ENVELOPE.to_vec();
        lines.push("Subject: One\r\n\r\n..hidden\r\n.");
        lines.extend(["NOOP", "DATA", "MAIL FROM:<>", "RSET", "RCPT TO:<c@x>", "NONSENSE", "MAIL FROM:<>"]);
        lines.extend(["RCPT TO:<b@x>", "RCPT TO:<c@x>", "DATA", "Subject: Two\r\n\r\n.", "QUIT"]);
        let codes = talk(&sink, &lines)?.join(" ");
        assert_eq!(codes, "220 250 250 250 354 250 250 503 250 250 503 500 250 250 250 354 250 221");
        let received = sink.wait_for(2, Duration::from_secs(5));
        let first = Received {
            from: "a@x".to_owned(),
            to: vec!["b@x".to_owned()],
            data: "Subject: One\r\n\r\n.hidden\r\n".to_owned(),
        };
        assert_eq!(received.first(), Some(&first));
        let second = received.last().map(|message| (message.from.as_str(), message.to.len()));
        assert_eq!(second, Some(("", 2)));
        assert_eq!(sink.messages(), received);
        assert!(sink.url().starts_with("smtp://127.0.0.1:"));
        Ok(())
    }

    #[test]
    fn the_script_is_followed_one_connection_at_a_time_and_then_all_is_accepted() -> io::Result<()> {
        use Behaviour::{Accept, DropAfterData, Greylist450, Reject550, TempFail421};
        let sink = SmtpSink::start(vec![TempFail421, Greylist450, Reject550, DropAfterData, Accept]);
        let mut whole = ENVELOPE.to_vec();
        whole.push("Subject: Hello\r\n\r\nText\r\n.");
        assert_eq!(talk(&sink, &[])?, ["421"]);
        assert_eq!(talk(&sink, &ENVELOPE)?, ["220", "250", "250", "450", "503"]);
        assert_eq!(talk(&sink, &ENVELOPE)?, ["220", "250", "250", "550", "503"]);
        assert_eq!(talk(&sink, &whole)?, ["220", "250", "250", "250", "354", "-"]);
        assert_eq!((sink.dropped().len(), sink.messages().len()), (1, 0));
        for _ in 0..2 {
            assert_eq!(talk(&sink, &whole)?, ["220", "250", "250", "250", "354", "250"]);
        }
        assert_eq!((sink.dropped().len(), sink.messages().len(), sink.connections()), (1, 2, 6));
        Ok(())
    }

    #[test]
    fn a_stalling_sink_is_silent_and_still_stops() -> io::Result<()> {
        let sink = SmtpSink::start(vec![Behaviour::Stall]);
        let stream = TcpStream::connect(sink.address)?;
        stream.set_read_timeout(Some(Duration::from_millis(100)))?;
        let silence = read_line(&mut BufReader::new(&stream));
        assert!(silence.is_err(), "it said {silence:?}");
        assert_eq!(sink.connections(), 1);
        drop(sink);
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        assert_eq!(read_line(&mut BufReader::new(&stream))?, None);
        Ok(())
    }

    #[test]
    #[should_panic(expected = "waited 10ms for 1 messages; 0 connections")]
    fn waiting_in_vain_says_what_there_is() {
        SmtpSink::start(vec![]).wait_for(1, Duration::from_millis(10));
    }
}
