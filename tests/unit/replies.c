/* SPDX-License-Identifier: Apache-2.0 */
/* replies.c: see replies.h. */
#include "tests/unit/replies.h"

#define ENVELOPE(body_)                                                                            \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
	"<soapenv:Envelope xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\"\n"          \
	" xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"\n"                           \
	" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"\n"                                        \
	" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"                              \
	"<soapenv:Body>\n" body_ "\n</soapenv:Body>\n</soapenv:Envelope>"

#define CONTENT(about_)                                                                            \
	"<RetrieveServiceContentResponse xmlns=\"urn:vim25\"><returnval>"                          \
	"<rootFolder type=\"Folder\">group-d1</rootFolder>"                                        \
	"<propertyCollector type=\"PropertyCollector\">propertyCollector</propertyCollector>"      \
	"<viewManager type=\"ViewManager\">ViewManager</viewManager>"                              \
	"<about>" about_ "</about>"                                                                \
	"<setting type=\"OptionManager\">VpxSettings</setting>"                                    \
	"<sessionManager type=\"SessionManager\">SessionManager</sessionManager>"                  \
	"</returnval></RetrieveServiceContentResponse>"

const char reply_vcenter[] =
	ENVELOPE(CONTENT("<name>VMware vCenter Server</name>"
			 "<fullName>VMware vCenter Server 8.0.2 build-22617221</fullName>"
			 "<vendor>VMware, Inc.</vendor><version>8.0.2</version>"
			 "<patchLevel>00100</patchLevel><build>22617221</build>"
			 "<localeVersion>INTL</localeVersion><localeBuild>000</localeBuild>"
			 "<osType>linux-x64</osType><productLineId>vpx</productLineId>"
			 "<apiType>VirtualCenter</apiType><apiVersion>8.0.2.0</apiVersion>"
			 "<instanceUuid>7a8f5a4c-1c1e-4b2e-9d0c-8a2f0b8f6d11</instanceUuid>"
			 "<licenseProductName>VMware VirtualCenter Server</licenseProductName>"
			 "<licenseProductVersion>8.0</licenseProductVersion>"));

const char reply_esxi[] =
	ENVELOPE(CONTENT("<name>VMware ESXi</name>"
			 "<fullName>VMware ESXi 7.0.3 build-19193900</fullName>"
			 "<vendor>VMware, Inc.</vendor><version>7.0.3</version>"
			 "<build>19193900</build><localeVersion>INTL</localeVersion>"
			 "<localeBuild>000</localeBuild><osType>vmnix-x86</osType>"
			 "<productLineId>embeddedEsx</productLineId><apiType>HostAgent</apiType>"
			 "<apiVersion>7.0.3.0</apiVersion>"
			 "<licenseProductName>VMware ESX Server</licenseProductName>"
			 "<licenseProductVersion>7.0</licenseProductVersion>"));

const char reply_gsx[] = ENVELOPE(CONTENT("<name>VMware Server</name><version>2.0.2</version>"
					  "<apiType>Gsx</apiType>"));

const char reply_fault[] = ENVELOPE("<soapenv:Fault><faultcode>ServerFaultCode</faultcode>"
				    "<faultstring>Unable to resolve WSDL method name</faultstring>"
				    "<detail><MethodFault/></detail></soapenv:Fault>");
