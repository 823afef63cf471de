//! Certificates: a server with one that this machine does not know.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::Arc,
};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use url::Url;

use super::fixture::transport_with;
use crate::{
    domain::FailureKind,
    halo::{
        Transport, TransportSettings,
        fault::Trouble,
        transport::{Carries, Outgoing, Reply},
    },
};

/// For `localhost` alone, signed by itself, valid until 2120.
const CERTIFICATE: &str = include_str!("localhost.pem");

#[tokio::test]
async fn an_unknown_certificate_is_refused_and_an_own_authority_adds_to_the_systems() {
    let port = serve();
    let refused = get(&transport_with(|_| {}), &format!("https://localhost:{port}")).await.unwrap_err().failure;
    assert_eq!(refused.kind, FailureKind::CertificateNotTrusted);
    assert!(refused.advice.as_str().contains("ca_file"), "{refused:?}");

    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("own.pem");
    std::fs::write(&ca_file, CERTIFICATE).unwrap();
    let trusting = transport_with(|settings| settings.ca_file = Some(ca_file));
    assert_eq!(get(&trusting, &format!("https://localhost:{port}")).await.unwrap().status, 200);

    let other_name = get(&trusting, &format!("https://127.0.0.1:{port}")).await.unwrap_err().failure;
    assert_eq!(other_name.kind, FailureKind::CertificateNotTrusted);
    assert!(other_name.what.as_str().contains("another name"), "{other_name:?}");
}

#[tokio::test]
async fn a_server_without_tls_is_told_from_a_bad_certificate() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.accept().unwrap().0.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    let failure = get(&transport_with(|_| {}), &address).await.unwrap_err().failure;
    assert_eq!(failure.kind, FailureKind::Unreachable);
}

#[test]
fn a_certificate_file_that_holds_none_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    for path in [empty, folder.path().join("missing.pem")] {
        let shown = path.display().to_string();
        let failure = Transport::new(TransportSettings { ca_file: Some(path), ..TransportSettings::default() }).unwrap_err();
        assert_eq!(failure.kind, FailureKind::Settings);
        assert!(failure.what.as_str().contains(&shown), "{failure:?}");
    }
}

async fn get(transport: &Transport, address: &str) -> Result<Reply, Trouble> {
    transport.send(Outgoing { url: Url::parse(address).unwrap(), carries: Carries::GetOpenly }).await
}

/// Answers 200 on a port of loopback, over TLS.
fn serve() -> u16 {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificates = CertificateDer::pem_slice_iter(CERTIFICATE.as_bytes()).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(CERTIFICATE.as_bytes()).unwrap();
    let config = Arc::new(ServerConfig::builder().with_no_client_auth().with_single_cert(certificates, key).unwrap());
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut tls = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream.unwrap());
            let mut request = [0; 4096];
            // A client that refuses the certificate ends the connection here.
            if tls.read(&mut request).is_ok() {
                let _ = tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                let _ = tls.flush();
                tls.conn.send_close_notify();
                let _ = tls.flush();
            }
        }
    });
    port
}
