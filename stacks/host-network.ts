import { Fn, type Stack } from "aws-cdk-lib";
import * as ec2 from "aws-cdk-lib/aws-ec2";

/**
 * One public subnet, no NAT (it would cost ten times the rest). Made of plain resources: the `Vpc` construct asks the
 * account for its zones, and templates are made without credentials.
 */
export function hostNetwork(stack: Stack) {
  const vpc = new ec2.CfnVPC(stack, "Vpc", {
    cidrBlock: "10.30.0.0/24",
    enableDnsHostnames: true,
    enableDnsSupport: true,
  });
  const subnet = new ec2.CfnSubnet(stack, "PublicSubnet", {
    vpcId: vpc.ref,
    cidrBlock: "10.30.0.0/26",
    availabilityZone: Fn.select(0, Fn.getAzs()),
    mapPublicIpOnLaunch: true,
  });
  const gateway = new ec2.CfnInternetGateway(stack, "Gateway");
  const attachment = new ec2.CfnVPCGatewayAttachment(stack, "GatewayAttachment", {
    vpcId: vpc.ref,
    internetGatewayId: gateway.ref,
  });
  const table = new ec2.CfnRouteTable(stack, "Routes", { vpcId: vpc.ref });
  const out = new ec2.CfnRoute(stack, "RouteOut", {
    routeTableId: table.ref,
    destinationCidrBlock: "0.0.0.0/0",
    gatewayId: gateway.ref,
  });
  out.addDependency(attachment);
  new ec2.CfnSubnetRouteTableAssociation(stack, "RoutesOfSubnet", {
    routeTableId: table.ref,
    subnetId: subnet.ref,
  });
  for (const service of ["s3", "dynamodb"]) gatewayEndpoint(stack, service, vpc, table);
  return { vpc, subnet, out };
}

/** Free, and keeps the dataset's bytes off the internet. */
const gatewayEndpoint = (stack: Stack, service: string, vpc: ec2.CfnVPC, table: ec2.CfnRouteTable) =>
  new ec2.CfnVPCEndpoint(stack, `Endpoint${service}`, {
    vpcId: vpc.ref,
    serviceName: `com.amazonaws.${stack.region}.${service}`,
    vpcEndpointType: "Gateway",
    routeTableIds: [table.ref],
  });
