//! The HTTP server.

use std::future::Future;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Response, StatusCode};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::answer::Answer;
use super::auth::{CLIENT_ID, CLIENT_SECRET};
use super::control::{Control, Desk};
use super::fault;
use super::line::{Loopback, Scissors};
use super::settings::Settings;

/// The largest request body that is read.
const MOST_BODY: usize = 4 << 20;
/// How long answers under way may take once the server is told to stop.
const FAREWELL: Duration = Duration::from_millis(500);

/// A stand-in that has its port and waits to be run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    desk: Arc<Desk>,
}

impl Server {
    /// Opens the port on 127.0.0.1 and sets up the desk (a million tickets take about a second).
    ///
    /// # Errors
    ///
    /// The system's, where the port can't be had.
    pub async fn bind(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let desk = tokio::task::spawn_blocking(move || Desk::new(settings, url)).await?;
        Ok(Self { listener, desk: Arc::new(desk) })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> &str {
        self.desk.url()
    }

    /// The settings that connect to this stand-in, by the name of their environment variable.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let url = self.url();
        vec![
            ("HALO_AUTH_URL", format!("{url}/auth")),
            ("HALO_RESOURCE_URL", format!("{url}/api")),
            ("HALO_CLIENT_ID", CLIENT_ID.to_owned()),
            ("HALO_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("HALO_TENANT", self.desk.settings().tenant.clone()),
            ("HALO_SCOPE", "all".to_owned()),
        ]
    }

    /// The handle that steers this stand-in and counts what it is asked.
    pub fn control(&self) -> Control {
        Control(Arc::clone(&self.desk))
    }

    /// Serves until `shutdown` is done; answers under way then get half a second.
    ///
    /// # Errors
    ///
    /// The system's, where the socket fails for good.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let router = Router::new().fallback(answer).with_state(self.desk);
        let service = router.into_make_service_with_connect_info::<Scissors>();
        let (over, mut is_over) = watch::channel(false);
        let told = async move {
            shutdown.await;
            over.send_replace(true);
        };
        let serving = axum::serve(Loopback(self.listener), service).with_graceful_shutdown(told);
        let overdue = async move {
            // An answer that trickles must not hold up the end.
            if is_over.wait_for(|over| *over).await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(FAREWELL).await;
        };
        tokio::select! {
            served = serving => served,
            () = overdue => Ok(()),
        }
    }
}

async fn answer(State(desk): State<Arc<Desk>>, ConnectInfo(scissors): ConnectInfo<Scissors>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BODY).await else {
        return Answer::Nothing(StatusCode::PAYLOAD_TOO_LARGE).into_response();
    };
    let latency = desk.settings().latency;
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    // Sorting a million tickets would hold up every other task of this thread.
    let work = tokio::task::spawn_blocking(move || desk.answer(&head.method, &head.uri, &head.headers, &body));
    match work.await {
        Ok((answer, fault)) => fault::respond(answer, fault, &scissors),
        Err(_) => Answer::exception().into_response(),
    }
}
