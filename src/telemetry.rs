//! Log and metrics: the route pattern, never a path, query, address or subject. Not what is logged where.

use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{HttpMessage, ResponseError};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;
use tracing_subscriber::EnvFilter;

use crate::chance::Chance;

/// Starts the log on standard error. `RUST_LOG` sets what is written.
pub fn start_log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,actix_server=warn"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
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
            method = %request.method(),
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
            metrics::counter!("alcove_requests_total", "route" => route.clone(), "status" => status.to_string())
                .increment(1);
            metrics::histogram!("alcove_request_seconds", "route" => route).record(took.as_secs_f64());
        }
    }
}
