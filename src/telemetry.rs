//! Log and metrics: the route pattern, never a path, query, address or subject. Not what is logged where.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::{HttpMessage, ResponseError};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;
use tracing_subscriber::EnvFilter;

use crate::chance::Chance;

/// Starts the log on standard error. `RUST_LOG` sets what is written.
pub fn start_log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    // Colours are for a terminal; a file or a journal would keep their codes.
    let colours = std::io::stderr().is_terminal();
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let subscriber = subscriber.with_target(false).with_ansi(colours);
    // A second start, as in tests, leaves the first in place.
    let _ = if json { subscriber.json().try_init() } else { subscriber.try_init() };
}

/// Starts collecting metrics; `None` where another part of the process does so already.
pub fn start_metrics() -> Option<PrometheusHandle> {
    PrometheusBuilder::new().install_recorder().ok()
}

/// The id that stands on an error page and in the log line of its request.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// Opens one span a request, with the route pattern only.
#[derive(Debug, Default)]
pub struct RouteSpan;

struct Started(Instant);

impl RootSpanBuilder for RouteSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = RequestId(Chance.short());
        request.extensions_mut().insert(Started(Instant::now()));
        let span = tracing::info_span!(
            "request",
            id = %id.0,
            method = method_label(request.method()),
            route = request.match_pattern().unwrap_or_else(|| "unmatched".to_owned()),
            status = tracing::field::Empty,
        );
        request.extensions_mut().insert(id);
        span
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        let status = match outcome {
            Ok(response) => response.status().as_u16(),
            Err(error) => ResponseError::status_code(error.as_response_error()).as_u16(),
        };
        span.record("status", status);
        if let Ok(response) = outcome {
            let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
            let took =
                response.request().extensions().get::<Started>().map_or(Duration::ZERO, |started| started.0.elapsed());
            let method = method_label(response.request().method());
            metrics::counter!("alcove_requests_total", "route" => route.clone(), "method" => method, "status" => status.to_string())
                .increment(1);
            metrics::histogram!("alcove_request_seconds", "route" => route, "method" => method)
                .record(took.as_secs_f64());
            // Proxies log every request already, so this says it only to whoever asks for more.
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            span.in_scope(|| tracing::debug!(milliseconds, "answered"));
        }
    }
}

/// One of a few words: whoever asks must not make up labels.
fn method_label(method: &Method) -> &'static str {
    const KNOWN: [(Method, &str); 4] =
        [(Method::GET, "GET"), (Method::POST, "POST"), (Method::HEAD, "HEAD"), (Method::OPTIONS, "OPTIONS")];
    KNOWN.iter().find(|(known, _)| known == method).map_or("other", |(_, label)| label)
}
