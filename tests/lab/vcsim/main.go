// SPDX-License-Identifier: Apache-2.0
// A vCenter or an ESXi host from govmomi's simulator, behind a given certificate.
package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"

	"github.com/vmware/govmomi/simulator"
)

// modelOf returns the inventory to simulate: "vpx" is a vCenter, "esx" one host.
func modelOf(name string) (*simulator.Model, error) {
	switch name {
	case "vpx":
		return simulator.VPX(), nil
	case "esx":
		return simulator.ESX(), nil
	}
	return nil, fmt.Errorf("no such model: %s", name)
}

// start serves the model at listen; an empty version keeps the simulator's own.
func start(model *simulator.Model, listen, version string, certificate tls.Certificate) (*simulator.Server, error) {
	if version != "" {
		model.ServiceContent.About.Version = version
		model.ServiceContent.About.ApiVersion = version
	}
	if err := model.Create(); err != nil {
		return nil, err
	}
	model.Service.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	model.Service.Listen = &url.URL{Host: listen}
	return model.Service.NewServer(), nil
}

func main() {
	name := flag.String("model", "vpx", "vpx (vCenter) or esx")
	listen := flag.String("listen", "127.0.0.1:0", "address:port")
	version := flag.String("version", "", "product version to announce")
	cert := flag.String("cert", "", "certificate chain, PEM")
	key := flag.String("key", "", "private key, PEM")
	flag.Parse()

	certificate, err := tls.LoadX509KeyPair(*cert, *key)
	if err != nil {
		log.Fatal(err)
	}
	model, err := modelOf(*name)
	if err != nil {
		log.Fatal(err)
	}
	server, err := start(model, *listen, *version, certificate)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ready %s\n", server.URL.Host)

	io.Copy(io.Discard, os.Stdin) // lives as long as whoever holds our standard input
	server.Close()
	model.Remove()
}
