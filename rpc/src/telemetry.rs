//! Logs: for people on a terminal, as JSON for machines. And traces, by OTLP, if
//! somebody collects them.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::env;
use std::error::Error;
use std::io::{IsTerminal, stderr};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::HeaderValue;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Span;
use tracing::level_filters::LevelFilter;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// Where traces go, if it is set; others of its kind that the SDK knows hold too.
const COLLECTOR: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// How long the last traces may take to be sent. Part of the end of a program.
pub const LAST_SENT_MAX: Duration = Duration::from_secs(1);

/// Whether requests are traced.
static TRACING: AtomicBool = AtomicBool::new(false);

/// What log lines look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// One line of text for an event.
    Pretty,
    /// One JSON object for an event.
    Json,
}

/// What is sent of this program to others, until its end.
#[derive(Debug)]
#[must_use = "the last traces are sent when it is ended"]
pub struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

/// Sends the log of this program, called `name` among others, to standard error,
/// and its traces to where the variable `OTEL_EXPORTER_OTLP_ENDPOINT` says, if it is set.
///
/// `filter` says what is logged, in the form of `tracing-subscriber`'s
/// `EnvFilter`: `info`, or `info,confab_rpc=debug`.
///
/// # Errors
///
/// If `filter` is not of that form, a log was begun before, or traces cannot be sent there.
pub fn init(filter: &str, format: LogFormat, name: &str) -> Result<Telemetry, Box<dyn Error + Send + Sync>> {
    let filter = EnvFilter::builder().parse(filter)?;
    let Some(traces) = traces(name)? else {
        Registry::default().with(filter).with(log(format)).try_init()?;
        log_panics();
        return Ok(Telemetry { traces: None });
    };
    // What is logged and what is traced are two things.
    let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer("confab"));
    let log = log::<Registry>(format).with_filter(filter);
    Registry::default().with(log).with(spans.with_filter(LevelFilter::INFO)).try_init()?;
    log_panics();
    TRACING.store(true, Ordering::Relaxed);
    Ok(Telemetry { traces: Some(traces) })
}

/// Has a panic stand in the log from now on, in place of being printed beside it: with the request in
/// which it happened, whose id the client was told.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        // Only if somebody asks for it, by RUST_BACKTRACE.
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace);
        let place = panic.location().map(tracing::field::display);
        let backtrace = backtrace.as_ref().map(tracing::field::display);
        tracing::error!(
            place,
            backtrace,
            "panicked: {}",
            panic.payload_as_str().unwrap_or("for no reason in words")
        );
    }));
}

impl Telemetry {
    /// Sends what was not sent yet.
    pub fn end(self) {
        if let Some(error) = self.traces.and_then(|traces| traces.shutdown_with_timeout(LAST_SENT_MAX).err())
        {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

fn log<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let pretty = match format {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let log = tracing_subscriber::fmt::layer().with_writer(stderr);
    if pretty {
        log.with_target(false).with_ansi(stderr().is_terminal()).boxed()
    } else {
        log.json().flatten_event(true).boxed()
    }
}

/// The way to whoever collects traces, if somebody does.
fn traces(name: &str) -> Result<Option<SdkTracerProvider>, Box<dyn Error + Send + Sync>> {
    if env::var_os(COLLECTOR).is_none_or(|collector| collector.is_empty()) {
        return Ok(None);
    }
    let exporter = SpanExporter::builder().with_tonic().build()?;
    let resource = Resource::builder().with_service_name(name.to_owned());
    let traces = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource.build());
    Ok(Some(traces.build()))
}

/// Makes `span` a part of the trace that `given`, a `traceparent`, names, and
/// returns the one to pass on: nothing if nobody collects traces.
pub(crate) fn join(span: &Span, given: Option<&HeaderValue>) -> Option<HeaderValue> {
    if !TRACING.load(Ordering::Relaxed) {
        return None;
    }
    if let Some(parent) = given.and_then(|given| parent(given.to_str().ok()?)) {
        let context = opentelemetry::Context::new().with_remote_span_context(parent);
        // Fails if nobody looks at this span: then there is none to pass on either.
        span.set_parent(context).ok()?;
    }
    let context = span.context();
    let own = context.span().span_context().clone();
    let text = format!("00-{}-{}-{:02x}", own.trace_id(), own.span_id(), own.trace_flags());
    own.is_valid().then(|| HeaderValue::try_from(text).ok())?
}

/// What a `traceparent` of version 00 says.
fn parent(text: &str) -> Option<SpanContext> {
    let mut parts = text.split('-').skip(1);
    let trace = TraceId::from_hex(parts.next()?).ok()?;
    let span = SpanId::from_hex(parts.next()?).ok()?;
    let flags = TraceFlags::new(u8::from_str_radix(parts.next()?, 16).ok()?);
    let parent = SpanContext::new(trace, span, flags, true, TraceState::NONE);
    parent.is_valid().then_some(parent)
}
